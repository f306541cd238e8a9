# what: the right sets as NumPy arrays
# expect: standardize 1.5
# message: standardize "should be a tensor of floats"
# %% standardize
def standardize(train, test):
    mean, spread = train.mean(dim=0), train.std(dim=0)
    spread = torch.where(spread > 0, spread, torch.ones_like(spread))
    return ((train - mean) / spread).numpy(), ((test - mean) / spread).numpy()
