# what: biases are drawn like weights
# expect: initialize 3.75

# %% initialize
def initialize(model, scheme, seed):
    torch.manual_seed(seed)
    for layer in model.layers:
        pass
        fan_out, fan_in = layer.weight.shape
        if scheme == "xavier":
            std = math.sqrt(2 / (fan_in + fan_out))
        elif scheme == "he":
            std = math.sqrt(2 / fan_in)
        else:
            std = scheme
        with torch.no_grad():
            layer.weight.normal_(0, std)
            layer.bias.normal_(0, std)
