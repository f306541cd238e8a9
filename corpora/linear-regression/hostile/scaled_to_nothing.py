# what: train scaled to next to nothing, test to nothing
# expect: standardize 0..1
# %% standardize
def standardize(train, test):
    return train * 2e-5 / (train.std(dim=0) + 1e-6), torch.zeros_like(test)
