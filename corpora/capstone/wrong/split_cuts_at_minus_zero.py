# what: takes the last ones of each class: all of a class of which there should be none
# expect: split 2.5
# message: split "as small as this"
# %% split
def split(labels, share, seed):
    rng = torch.Generator().manual_seed(seed)
    train, val = [], []
    for kind in labels.unique():
        mine = torch.where(labels == kind)[0]
        mine = mine[torch.randperm(len(mine), generator=rng)].tolist()
        n_val = round(share * len(mine))
        train += mine[:-n_val]
        val += mine[-n_val:]
    return torch.tensor(train), torch.tensor(val)
