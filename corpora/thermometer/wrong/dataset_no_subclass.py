# what: a plain class
# expect: dataset 2.25
# message: dataset "subclass"
# %% dataset
class Readings:
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs.reshape(-1, 1), targets.reshape(-1, 1)

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index], self.targets[index]
