# what: draws from all examples at once: the classes have their share by chance only
# expect: split 2.5
# message: split "split on its own"
# %% split
def split(labels, share, seed):
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    n_val = round(share * len(labels))
    return order[n_val:], order[:n_val]
