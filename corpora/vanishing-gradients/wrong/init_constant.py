# what: all weights are equal
# expect: initialize 0.5
# message: initialize "equal numbers"
# %% initialize
def initialize(model, scheme, seed):
    generator = torch.Generator().manual_seed(seed)
    for layer in model.layers:
        fan_out, fan_in = layer.weight.shape
        std = {"he": (2 / fan_in) ** 0.5, "xavier": (2 / (fan_in + fan_out)) ** 0.5}.get(scheme, scheme)
        with torch.no_grad():
            layer.weight.fill_(std)
            layer.bias.zero_()
