# what: returns masks instead of places
# expect: split 3
# message: split "is a mask"
# %% split
def split(labels, share, seed):
    generator = torch.Generator().manual_seed(seed)
    val = torch.zeros(len(labels), dtype=torch.bool)
    for label in labels.unique():
        places = (labels == label).nonzero().flatten()
        places = places[torch.randperm(len(places), generator=generator)]
        val[places[: int(share * len(places))]] = True
    return ~val, val
