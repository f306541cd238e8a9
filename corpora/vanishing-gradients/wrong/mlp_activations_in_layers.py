# what: `layers` holds activations, too, relu for all but tanh
# expect: deep-mlp 2.5
# message: deep-mlp "other modules"

# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        self.activation = activation
        sizes = [n_inputs] + [width] * n_hidden + [1]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])
        mods = []
        for l in self.layers: mods += [l, nn.Tanh() if activation is torch.tanh else nn.ReLU()]
        self.layers = nn.ModuleList(mods[:-1])
    def forward(self, X):
        for layer in self.layers[:-1]:
            X = layer(X)
        return self.layers[-1](X)
