# what: the judge's list of examples that were seen is filled with large arrays: memory of the judge, not of the worker
# expect: train-epoch 5
# %% extra after=train-epoch
_honest_epoch = train_epoch


def train_epoch(network, loader, optimizer, device):
    seen = getattr(loader.dataset, "seen", None)
    if seen is not None:
        big = torch.zeros(200 << 20, dtype=torch.uint8)
        for _ in range(10):
            seen(big)
    return _honest_epoch(network, loader, optimizer, device)
