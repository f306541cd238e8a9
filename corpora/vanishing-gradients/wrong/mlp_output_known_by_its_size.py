# what: the output layer is the one with one unit, also among hidden layers of width 1
# expect: deep-mlp 3
# message: deep-mlp "without the activation"
# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        sizes = [n_inputs] + [width] * n_hidden + [1]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.activation = activation

    def forward(self, X):
        for layer in self.layers:
            X = layer(X)
            if X.shape[1] != 1:
                X = self.activation(X)
        return X
