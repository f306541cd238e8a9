# what: hidden layers that are copies of one, and start alike
# expect: deep-mlp 3
# message: deep-mlp "Two hidden layers"
# %% deep-mlp
import copy


class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(n_inputs, width)])
        one = nn.Linear(width, width)
        self.layers.extend(copy.deepcopy(one) for _ in range(n_hidden - 1))
        self.layers.append(nn.Linear(width, 1))
        self.activation = activation

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = self.activation(layer(X))
        return self.layers[-1](X)
