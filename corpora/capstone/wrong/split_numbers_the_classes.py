# what: takes the classes for 0, 1, 2, ..., as many as there are, and loses those beyond
# expect: split 3
# message: split "Here the classes are"
# %% split
def split(labels, share, seed):
    rng = torch.Generator().manual_seed(seed)
    parts = [], []
    for kind in range(len(set(labels.tolist()))):
        mine = torch.where(labels == kind)[0]
        mine = mine[torch.randperm(len(mine), generator=rng)]
        cut = len(mine) - int(share * len(mine))
        parts[0].extend(mine[:cut].tolist())
        parts[1].extend(mine[cut:].tolist())
    return torch.tensor(parts[0]), torch.tensor(parts[1])
