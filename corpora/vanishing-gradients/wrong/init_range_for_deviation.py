# what: uniform in plus and minus the standard deviation
# expect: initialize 1.75..3.75

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
            layer.weight.uniform_(-std, std)
            layer.bias.zero_()
