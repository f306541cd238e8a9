# what: takes the seed 0 for none
# expect: initialize 3.25
# %% initialize
def initialize(model, scheme, seed):
    generator = torch.Generator()
    generator.manual_seed(seed or torch.seed())
    with torch.no_grad():
        for layer in model.layers:
            n_out, n_in = layer.weight.shape
            tau = {"xavier": math.sqrt(2 / (n_in + n_out)), "he": math.sqrt(2 / n_in)}.get(scheme, scheme)
            layer.weight.copy_(tau * torch.randn(n_out, n_in, generator=generator))
            layer.bias.zero_()
