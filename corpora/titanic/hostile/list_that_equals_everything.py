# what: a list that lies about its length, its order and its equality
# expect: train <4
# %% train
class Agreeable(list):
    def __eq__(self, other):
        return True

    def __len__(self):
        return 10**6

    def __getitem__(self, index):
        return self


def train(model, X, y, optimizer, n_epochs):
    return Agreeable([1.0])
