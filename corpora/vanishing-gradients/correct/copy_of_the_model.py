# what: the probe works on a deep copy, the activation is wrapped, nn.init with the global seed, bisection for the spread

# %% deep-mlp
class DeepMLP(nn.Module):
    def __init__(self, n_inputs, width, n_hidden, activation):
        super().__init__()
        layers = [nn.Linear(n_inputs, width)]
        for _ in range(n_hidden - 1):
            layers += [nn.Linear(width, width)]
        layers += [nn.Linear(width, 1)]
        self.layers = nn.ModuleList(layers)
        self.act = lambda s: activation(s)

    def forward(self, X):
        *hidden, last = self.layers
        for layer in hidden:
            X = self.act(layer(X))
        return last(X)


# %% probe
import copy


def gradient_profile(model, X, y):
    model = copy.deepcopy(model)
    model.zero_grad()
    z = model(X)
    F.binary_cross_entropy_with_logits(z, y.view_as(z)).backward()
    return [layer.weight.grad.abs().mean().item() for layer in model.layers]


# %% decay
import numpy as np


def decay_per_layer(profile):
    logs = np.log(np.asarray(profile, dtype=float))
    return float(np.exp(-np.diff(logs).mean()))


# %% initialize
def initialize(model, scheme, seed):
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.Linear):
            if scheme == "xavier":
                nn.init.xavier_uniform_(module.weight)
            elif scheme == "he":
                nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
            else:
                nn.init.normal_(module.weight, 0.0, scheme)
            nn.init.zeros_(module.bias)


# %% steady
def steady_std(activation, width, seed):
    X, y = random_examples(10, 64, seed)
    low, high = 0.1 / math.sqrt(width), 4 / math.sqrt(width)
    for _ in range(12):
        middle = math.sqrt(low * high)
        sizes = []
        for trial in range(3):
            model = DeepMLP(10, width, 30, activation)
            initialize(model, middle, seed + trial)
            sizes.append(gradient_profile(model, X, y)[0])
        if sorted(sizes)[1] < 1e-2:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)
