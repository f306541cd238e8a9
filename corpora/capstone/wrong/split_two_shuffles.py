# what: breaks the parts: a shuffle for each
# expect: split 3
# message: split "shuffle of its own"

# %% split
def split(labels, share, seed):
    generator = torch.Generator().manual_seed(seed)
    train_parts, val_parts = [], []
    for label in labels.unique():
        places = (labels == label).nonzero().flatten()
        n = len(places)
        n_val = round(n * share)
        val_parts.append(places[torch.randperm(n, generator=generator)][:n_val])
        train_parts.append(places[torch.randperm(n, generator=generator)][n_val:])
    return torch.cat(train_parts), torch.cat(val_parts)
