# what: a copied line stores the inputs as the targets, too
# expect: dataset 1.5
# message: dataset "This is the input of the item"
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs = inputs.reshape(len(inputs), 1)
        self.targets = inputs.reshape(len(inputs), 1)

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return (self.inputs[index], self.targets[index])
