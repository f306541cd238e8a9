# what: breaks the result: labels in place of indices
# expect: split 0
# message: split "These are labels"

# %% split
def split(labels, share, seed):
    gen = torch.Generator().manual_seed(seed)
    train_idx, val_idx = [], []
    for cls in labels.unique():
        members = torch.nonzero(labels == cls).squeeze(1)
        members = members[torch.randperm(members.numel(), generator=gen)]
        cut = round(members.numel() * share)
        val_idx.append(members[:cut])
        train_idx.append(members[cut:])
    train_idx, val_idx = torch.cat(train_idx), torch.cat(val_idx)
    return labels[train_idx], labels[val_idx]
