# what: a module that lists parameters it does not use
# expect: unregistered 1..1.5, straight 0

# %% unregistered
class Decorated(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, n_outputs):
        super().__init__()
        n = (n_inputs + 1) * width + n_hidden * (width + 1) * width + (width + 1) * n_outputs
        self.for_show = nn.Parameter(torch.zeros(n))
        self.__dict__["secret"] = nn.Linear(n_inputs, n_outputs)

    def forward(self, X):
        return self.secret(X)


def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    return Decorated(n_inputs, width, n_hidden, n_outputs)


# %% straight
class Talkative(nn.Module):
    def __init__(self, n_inputs, width, n_layers):
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(n_inputs, width)] + [nn.Linear(width, width) for _ in range(n_layers - 2)]
        )
        self.last = nn.Linear(width, 1)

    def forward(self, X):
        for layer in self.layers:
            X = layer(X)
            torch.relu(X)
        return self.last(X)


def cure_straight(n_inputs, width, n_layers):
    return Talkative(n_inputs, width, n_layers)
