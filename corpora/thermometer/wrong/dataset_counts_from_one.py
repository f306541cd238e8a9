# what: item 1 is the first
# expect: dataset 2
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs.reshape(-1, 1), targets.reshape(-1, 1)

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index - 1], self.targets[index - 1]
