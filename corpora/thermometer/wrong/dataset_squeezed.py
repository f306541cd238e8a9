# what: squeezes everything first, which leaves nothing of a single reading
# expect: dataset 1.75
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs, self.targets = inputs.squeeze(), targets.squeeze()

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[index].unsqueeze(0), self.targets[index].unsqueeze(0)
