# what: the parameter is an attribute and registered a second time under the asked name; activations remembered in forward
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.W = nn.Parameter(torch.randn(D, C))
        self.b = nn.Parameter(torch.randn(C))
        self.register_parameter("0_weight", self.W)
        self.register_parameter("0_bias", self.b)

    def forward(self, x):
        return nn.LogSoftmax(dim=-1)(x @ self.W + self.b)

# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        sizes = tuple(sizes)
        self.phi = phi
        self.sizes = sizes
        for i in range(len(sizes) - 1):
            bound = 1 / sizes[i] ** 0.5
            self.register_parameter(f"{i}_weight", nn.Parameter(nn.init.uniform_(torch.empty(sizes[i], sizes[i + 1]), -bound, bound)))
            self.register_parameter(f"{i}_bias", nn.Parameter(nn.init.uniform_(torch.empty(sizes[i + 1]), -bound, bound)))

    def num_layers(self):
        return len(self.sizes) - 1

    def forward(self, x):
        parameters = list(self.parameters())
        self.remembered = []
        while len(parameters) > 2:
            x = self.phi(torch.addmm(parameters[1], x, parameters[0]) if x.dim() == 2 else x @ parameters[0] + parameters[1])
            self.remembered.append(x)
            parameters = parameters[2:]
        return x @ parameters[0] + parameters[1]

# %% hidden-outputs
def hidden_outputs(model, X):
    model(X)
    return model.remembered[0]

# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    models = [MLP([X.shape[1]] + [*hidden_sizes] + [y.shape[1]]) for _ in range(n_restarts)]
    models = [fit(model, X, y) for model in models]
    errors = [F.mse_loss(model(X), y).item() for model in models]
    best = int(np.nanargmin(errors))
    return models[best], errors[best]
