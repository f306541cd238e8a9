# what: normal numbers cut off at three standard deviations
# expect: initialize 3.25
# message: initialize "tails"
# %% initialize
def initialize(model, scheme, seed):
    generator = torch.Generator().manual_seed(seed)
    for layer in model.layers:
        fan_out, fan_in = layer.weight.shape
        std = {"he": (2 / fan_in) ** 0.5, "xavier": (2 / (fan_in + fan_out)) ** 0.5}.get(scheme, scheme)
        with torch.no_grad():
            layer.weight.copy_(torch.randn(fan_out, fan_in, generator=generator).clamp(-3, 3) * std)
            layer.bias.zero_()
