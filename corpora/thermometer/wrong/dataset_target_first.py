# what: the target before the input
# expect: dataset 2.25
# message: dataset "This is the target of the item"
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs.reshape(-1, 1), targets.reshape(-1, 1)

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.targets[index], self.inputs[index]
