# what: the caller's tensors become columns
# expect: dataset 2.75
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs = inputs.unsqueeze_(1) if inputs.dim() == 1 else inputs
        self.targets = targets.unsqueeze_(1) if targets.dim() == 1 else targets

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index], self.targets[index]
