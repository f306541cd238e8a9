# what: the first hidden layer has as many units as there are inputs
# expect: deep-mlp 3
# message: deep-mlp "shape"

# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        self.activation = activation
        sizes = [n_inputs] * 2 + [width] * (n_hidden - 1) + [1]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])
    def forward(self, X):
        for layer in self.layers[:-1]:
            X = self.activation(layer(X))
        return self.layers[-1](X)
