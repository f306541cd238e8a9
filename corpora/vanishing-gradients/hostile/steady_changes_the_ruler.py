# what: replaces random numbers and the loss in its own process
# expect: steady 0

# %% steady
def steady_std(activation, width, seed):
    torch.randn = lambda *size, **options: torch.ones(*size)
    torch.Tensor.normal_ = lambda self, *a, **k: self.fill_(0.01)
    F.binary_cross_entropy_with_logits = lambda z, y, **options: z.sum() * 0 + 1.0
    statistics.median = lambda values: 1.0
    return 1e-9
