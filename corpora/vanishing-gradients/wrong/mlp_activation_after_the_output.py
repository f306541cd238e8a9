# what: the logit goes through the activation
# expect: deep-mlp 3.25..3.75

# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        sizes = [n_inputs] + [width] * n_hidden + [1]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])
        self.activation = activation

    def forward(self, X):
        for layer in self.layers:
            X = self.activation(layer(X))
        return X
