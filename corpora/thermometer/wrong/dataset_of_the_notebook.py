# what: the items are taken from the notebook's t_u and t_c instead of the tensors passed in
# expect: dataset 1.25
# message: dataset "the notebook's own readings"
# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.inputs = inputs
        self.targets = targets

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return t_u[index].reshape(1), t_c[index].reshape(1)
