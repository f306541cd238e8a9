# what: Xavier's weights times PyTorch's gain for tanh, 5/3
# expect: initialize 3.25
# %% initialize
def initialize(model, scheme, seed):
    torch.manual_seed(seed)
    for layer in model.layers:
        if scheme == "xavier":
            nn.init.xavier_normal_(layer.weight, gain=nn.init.calculate_gain("tanh"))
        elif scheme == "he":
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        else:
            nn.init.normal_(layer.weight, std=scheme)
        nn.init.zeros_(layer.bias)
