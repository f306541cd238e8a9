# what: the same layer object repeated
# expect: deep-mlp <=2
# message: deep-mlp "once"

# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(n_inputs, width)] + [nn.Linear(width, width)] * (n_hidden - 1))
        self.layers.append(nn.Linear(width, 1))
        self.activation = activation

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = self.activation(layer(X))
        return self.layers[-1](X)
