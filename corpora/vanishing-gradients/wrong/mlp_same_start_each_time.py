# what: a seed in the constructor, so that all networks start alike
# expect: deep-mlp 3
# message: deep-mlp "Two networks"
# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        sizes = [n_inputs] + [width] * n_hidden + [1]
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.activation = activation

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = self.activation(layer(X))
        return self.layers[-1](X)
