# what: columns get a third dimension
# expect: dataset 2.5
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs.unsqueeze(1), targets.unsqueeze(1)

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index], self.targets[index]
