# what: takes the absolute value of all weights
# expect: initialize 1.25
# message: initialize "same sign"

# %% initialize
def initialize(model, scheme, seed):
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in model.layers:
            fan_out, fan_in = layer.weight.shape
            if scheme == "xavier":
                std = math.sqrt(2 / (fan_in + fan_out))
            elif scheme == "he":
                std = math.sqrt(2 / fan_in)
            else:
                std = scheme
            layer.weight.copy_(std * torch.randn(fan_out, fan_in, generator=g).abs())
            layer.bias.zero_()
