# what: rounds to the nearest in each class, and the largest one makes up for the difference
# expect: split 2.5
# message: split "split on its own"
# %% split
def split(labels, share, seed):
    rng = torch.Generator().manual_seed(seed)
    sizes = {kind: int((labels == kind).sum()) for kind in labels.unique().tolist()}
    n_val = {kind: round(share * n) for kind, n in sizes.items()}
    n_val[max(sizes, key=sizes.get)] += round(share * len(labels)) - sum(n_val.values())
    order = torch.randperm(len(labels), generator=rng)
    val = torch.cat([order[labels[order] == kind][: n_val[kind]] for kind in sizes])
    train = torch.cat([order[labels[order] == kind][n_val[kind] :] for kind in sizes])
    return train, val
