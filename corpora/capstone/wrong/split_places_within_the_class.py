# what: breaks the indices: places within a class
# expect: split 0
# message: split "within a class"

# %% split
def split(labels, share, seed):
    generator = torch.Generator().manual_seed(seed)
    train, val = [], []
    for c in labels.unique():
        places = (labels == c).nonzero().flatten()
        order = torch.randperm(len(places), generator=generator)
        n_val = round(share * len(places))
        val.append(order[:n_val])
        train.append(order[n_val:])
    return torch.cat(train), torch.cat(val)
