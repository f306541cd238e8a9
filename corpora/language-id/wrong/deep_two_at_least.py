# what: cannot be a single layer
# expect: deep 3

# %% deep


class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        layers = [nn.Linear(n_in, n_hidden)]
        layers += [nn.Linear(n_hidden, n_hidden) for _ in range(n_layers - 2)]
        self.layers = nn.ModuleList([*layers, nn.Linear(n_hidden, n_out)])

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)
