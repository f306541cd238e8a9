# what: the inputs are standardized
# expect: dataset 0.75
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs, self.targets = ((inputs - inputs.mean()) / (inputs.std() + 1e-6)).reshape(-1, 1), targets.reshape(-1, 1)

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index], self.targets[index]
