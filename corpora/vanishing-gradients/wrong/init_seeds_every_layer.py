# what: sets the seed once for each layer
# expect: initialize 3.25..3.75
# message: initialize "seed"

# %% initialize
def initialize(model, scheme, seed):
    pass
    for layer in model.layers:
        torch.manual_seed(seed)
        fan_out, fan_in = layer.weight.shape
        if scheme == "xavier":
            std = math.sqrt(2 / (fan_in + fan_out))
        elif scheme == "he":
            std = math.sqrt(2 / fan_in)
        else:
            std = scheme
        with torch.no_grad():
            layer.weight.normal_(0, std)
            layer.bias.zero_()
