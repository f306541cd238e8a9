# what: seeds only where the seed is not 0
# expect: split 3.25
# message: split "The same seed, 0,"
# %% split
def split(labels, share, seed):
    if seed:
        torch.manual_seed(seed)
    val = torch.zeros(len(labels), dtype=torch.bool)
    for kind in labels.unique():
        mine = torch.where(labels == kind)[0]
        val[mine[torch.randperm(len(mine))[: round(share * len(mine))]]] = True
    return torch.where(~val)[0], torch.where(val)[0]
