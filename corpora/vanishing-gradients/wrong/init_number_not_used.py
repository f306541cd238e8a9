# what: a number is not used: the weights have the standard deviation 1
# expect: initialize 3.25
# message: initialize "standard deviation of 1"
# %% initialize
def initialize(model, scheme, seed):
    generator = torch.Generator().manual_seed(seed)
    for layer in model.layers:
        fan_out, fan_in = layer.weight.shape
        std = {"he": (2 / fan_in) ** 0.5, "xavier": (2 / (fan_in + fan_out)) ** 0.5}.get(scheme, 1)
        with torch.no_grad():
            layer.weight.normal_(0, std, generator=generator)
            layer.bias.zero_()
