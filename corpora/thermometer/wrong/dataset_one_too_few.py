# what: the length leaves out the last reading
# expect: dataset 2.25
# message: dataset "length"
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs.reshape(-1, 1), targets.reshape(-1, 1)

    def __len__(self):
        return len(self.inputs) - 1

    def __getitem__(self, index):
        return self.inputs[index], self.targets[index]
