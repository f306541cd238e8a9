# what: the loop skips the first layer
# expect: initialize 1.75
# message: initialize "new ones drawn"

# %% initialize
def initialize(model, scheme, seed):
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in model.layers[1:]:
            fan_out, fan_in = layer.weight.shape
            if scheme == "xavier":
                std = math.sqrt(2 / (fan_in + fan_out))
            elif scheme == "he":
                std = math.sqrt(2 / fan_in)
            else:
                std = scheme
            layer.weight.copy_(std * torch.randn(fan_out, fan_in, generator=g))
            layer.bias.zero_()
