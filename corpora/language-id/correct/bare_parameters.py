# what: every model from nn.Parameter, weights as (in, out), output layer defined first

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.b = nn.Parameter(torch.zeros(1))
        self.w = nn.Parameter(torch.randn(n_inputs))

    def forward(self, x):
        return 1 / (1 + torch.exp(-((x * self.w).sum(-1, keepdim=True) + self.b)))


# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.V = nn.Parameter(torch.randn(n_hidden, n_out))
        self.c = nn.Parameter(torch.randn(n_out))
        self.W = nn.Parameter(torch.randn(n_in, n_hidden))
        self.b = nn.Parameter(torch.randn(n_hidden))

    def forward(self, x):
        return (x @ self.W + self.b).clamp(min=0) @ self.V + self.c


# %% deep
class DeepNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out, n_layers):
        super().__init__()
        sizes = [n_in] + [n_hidden] * (n_layers - 1) + [n_out]
        self.Ws = nn.ParameterList(torch.randn(a, b) for a, b in zip(sizes[:-1], sizes[1:]))
        self.bs = nn.ParameterList(torch.zeros(b) for b in sizes[1:])

    def forward(self, x):
        for k, (W, b) in enumerate(zip(self.Ws, self.bs)):
            if k:
                x = torch.maximum(x, torch.zeros(()))
            x = x @ W + b
        return x
