# what: breaks the range of classes: without the last one
# expect: split 3
# message: split "in neither part"

# %% split
def split(labels, share, seed):
    g = torch.Generator().manual_seed(seed)
    train, val = [], []
    for c in range(int(labels.max())):
        idx = (labels == c).nonzero().flatten()
        idx = idx[torch.randperm(len(idx), generator=g)]
        k = int(len(idx) * share)
        val.append(idx[:k])
        train.append(idx[k:])
    return torch.cat(train), torch.cat(val)
