# what: an iterable dataset where a map-style one is asked for
# expect: dataset 0
# %% dataset
class Readings(IterableDataset):
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs.reshape(-1, 1), targets.reshape(-1, 1)

    def __iter__(self):
        return zip(self.inputs, self.targets)
