# what: nn.Sequential wherever it fits

# %% logistic-regression
class LogisticRegression(nn.Sequential):
    def __init__(self, n_inputs):
        super().__init__(nn.Linear(n_inputs, 1), nn.Sigmoid())


# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_out))

    def forward(self, x):
        return self.net(x)


# %% deep
class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        parts, size = [], n_in
        for _ in range(n_layers - 1):
            parts += [nn.Linear(size, n_hidden), nn.ReLU()]
            size = n_hidden
        self.net = nn.Sequential(*parts, nn.Linear(size, n_out))

    def forward(self, x):
        return self.net(x)


# %% mlp
class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x, apply_softmax=False):
        out = self.fc2(nn.functional.relu(self.fc1(x)))
        if apply_softmax:
            out = self.softmax(out)
        return out
