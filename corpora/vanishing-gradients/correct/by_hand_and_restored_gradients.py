# what: exponentials by hand, backward() with .grad put back, one generator, formula for the spread

# %% derivatives
def activation_derivative(name, s):
    """Straight from the definitions."""
    if name not in ("sigmoid", "tanh", "relu"):
        raise ValueError("name: no such activation " + name)
    if name == "relu":
        return torch.where(s > 0, torch.ones_like(s), torch.zeros_like(s))
    if name == "sigmoid":
        value = 1 / (1 + torch.exp(-s))
        return value - value**2
    return 1 / torch.cosh(s) ** 2


# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        self.layers = nn.ModuleList()
        before = n_inputs
        for _ in range(n_hidden):
            self.layers.append(nn.Linear(before, width))
            before = width
        self.layers.append(nn.Linear(before, 1))
        self.phi = activation

    def forward(self, X):
        h = X
        for i, layer in enumerate(self.layers):
            h = layer(h)
            if i + 1 < len(self.layers):
                h = self.phi(h)
        return h


# %% probe
def gradient_profile(model, X, y):
    saved = [p.grad for p in model.parameters()]
    for p in model.parameters():
        p.grad = None
    loss = nn.BCEWithLogitsLoss()(model(X), y.reshape(-1, 1))
    loss.backward()
    profile = [float(layer.weight.grad.abs().mean()) for layer in model.layers]
    for p, g in zip(model.parameters(), saved):
        p.grad = g
    return profile


# %% decay
def decay_per_layer(profile):
    logs = [math.log(a / b) for a, b in zip(profile, profile[1:])]
    return math.exp(sum(logs) / len(logs))


# %% initialize
def initialize(model, scheme, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    for layer in model.layers:
        fan_out, fan_in = layer.weight.shape
        if scheme == "xavier":
            edge = (6 / (fan_in + fan_out)) ** 0.5
            layer.weight.data = torch.empty(fan_out, fan_in).uniform_(-edge, edge, generator=g)
        elif scheme == "he":
            edge = (6 / fan_in) ** 0.5
            layer.weight.data = torch.empty(fan_out, fan_in).uniform_(-edge, edge, generator=g)
        else:
            layer.weight.data = scheme * torch.randn(fan_out, fan_in, generator=g)
        layer.bias.data = torch.zeros(fan_out)


# %% steady
def steady_std(activation, width, seed):
    gain = 2.0 if activation is torch.relu else 1.0
    return (gain / width) ** 0.5
