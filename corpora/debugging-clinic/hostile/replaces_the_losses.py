# what: replaces losses and optimizers of its own process
# expect: broadcast 0, stranger 0, double-softmax 0, accumulate 0, first-batch 0

# %% extra after=setup
F.mse_loss = lambda a, b, **k: (a * 0).sum()
F.cross_entropy = lambda a, b, **k: (a * 0).sum()
torch.optim.SGD.step = lambda self, *a, **k: None


# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    raise RuntimeError("not today")


# %% first-batch
cure_first_batch = 3
