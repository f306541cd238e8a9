# what: returns the places as floats, which cannot index
# expect: split 3
# message: split "are floats"
# %% split
def split(labels, share, seed):
    generator = torch.Generator().manual_seed(seed)
    train, val = [], []
    for label in labels.unique():
        places = (labels == label).nonzero().flatten()
        places = places[torch.randperm(len(places), generator=generator)]
        val.append(places[: int(share * len(places))])
        train.append(places[int(share * len(places)) :])
    return torch.cat(train).float(), torch.cat(val).float()
