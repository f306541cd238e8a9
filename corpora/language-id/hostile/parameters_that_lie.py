# what: reports parameters that the output does not use
# expect: two-layer 1, deep <=1.5

# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.a, self.b = nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_out)
        self.__dict__["secret"] = nn.Linear(n_in, n_out)

    def forward(self, x):
        return self.secret(x)


# %% deep
class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        sizes = [n_in] + [n_hidden] * (n_layers - 1) + [n_out]
        self.shown = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))
        self.__dict__["used"] = nn.Linear(n_in, n_out)

    def forward(self, x):
        return self.used(x)
