# what: a plain list of layers next to the container that registers them

# %% deep
class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        sizes = [n_in] + [n_hidden] * (n_layers - 1) + [n_out]
        self.linears = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
        between = [part for layer in self.linears[:-1] for part in (layer, nn.ReLU())]
        self.network = nn.Sequential(*between, self.linears[-1])

    def forward(self, x):
        return self.network(x)
