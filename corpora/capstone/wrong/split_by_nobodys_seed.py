# what: the seed is never used
# expect: split 3.25
# message: split "The same seed gives another split"
# %% split
def split(labels, share, seed):
    train, val = [], []
    for label in labels.unique():
        places = (labels == label).nonzero().flatten()
        places = places[torch.randperm(len(places))]
        n_val = round(share * len(places))
        val.append(places[:n_val])
        train.append(places[n_val:])
    return torch.cat(train), torch.cat(val)
