# what: items are Python floats
# expect: dataset 2.5
# message: dataset "tensor"
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs.flatten().tolist(), targets.flatten().tolist()

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index], self.targets[index]
