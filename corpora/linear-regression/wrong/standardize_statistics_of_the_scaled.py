# what: train is scaled first and the test set then gets the statistics of the scaled train
# expect: standardize 1.5
# message: standardize "as it was before scaling"
# %% standardize
def standardize(train, test):
    std = train.std(dim=0)
    std = torch.where(std > 0, std, torch.ones_like(std))
    train = (train - train.mean(dim=0)) / std
    std = train.std(dim=0)
    std = torch.where(std > 0, std, torch.ones_like(std))
    test = (test - train.mean(dim=0)) / std
    return train, test
