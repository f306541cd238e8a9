# what: a global holds the activation, so that the last network built decides for all
# expect: deep-mlp 3.5
# %% deep-mlp
ACTIVATION = None


class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        global ACTIVATION
        super().__init__()
        ACTIVATION = activation
        first, last = nn.Linear(n_inputs, width), nn.Linear(width, 1)
        self.layers = nn.ModuleList([first, *(nn.Linear(width, width) for _ in range(n_hidden - 1)), last])

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = ACTIVATION(layer(X))
        return self.layers[-1](X)
