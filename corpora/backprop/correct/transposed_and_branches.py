# what: F.linear with transposes and a branch on x.dim(); best_of draws from a generator of its own; l by mse_loss
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_bias", nn.Parameter(torch.full((C,), 0.01)))
        self.register_parameter("0_weight", nn.Parameter(torch.empty(D, C).normal_(0, 0.01)))

    def forward(self, x):
        batch = x.unsqueeze(0) if x.dim() == 1 else x
        out = F.linear(batch, self.get_parameter("0_weight").T, self.get_parameter("0_bias"))
        out = torch.log(torch.softmax(out, 1))
        return out[0] if x.dim() == 1 else out

# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.phi = phi
        self.depth = len(sizes) - 1
        for i in range(self.depth):
            self.register_parameter(f"{i}_weight", nn.Parameter(torch.zeros(sizes[i], sizes[i + 1])))
        for i in range(self.depth):
            self.register_parameter(f"{i}_bias", nn.Parameter(torch.zeros(sizes[i + 1])))

    def num_layers(self):
        return self.depth

    def p(self, name):
        return dict(self.named_parameters())[name]

    def forward(self, x):
        if x.ndim == 1:
            return self.forward(x.reshape(1, -1)).reshape(-1)
        for i in range(self.depth):
            x = F.linear(x, self.p(f"{i}_weight").T, self.p(f"{i}_bias"))
            if i < self.depth - 1:
                x = self.phi(x)
        return x

# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    generator = torch.Generator().manual_seed(seed)
    best = (float("inf"), None)
    for _ in range(n_restarts):
        model = MLP([X.shape[1], *hidden_sizes, y.shape[1]])
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(torch.randn(p.shape, generator=generator))
        fit(model, X, y)
        mse = torch.mean((model(X) - y).square())
        if mse < best[0]:
            best = (mse, model)
    return best[1], best[0]

# %% hidden-outputs
def hidden_outputs(model, X):
    with torch.no_grad():
        return model.phi(X.mm(model.p("0_weight")) + model.p("0_bias").unsqueeze(0))

# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    v = {"z1": torch.mv(W1.T, x)}
    v["z2"] = torch.add(v["z1"], b1)
    v["z3"] = v["z2"].sigmoid()
    v["z4"] = torch.matmul(W2.T, v["z3"])
    v["yhat"] = v["z4"] + b2
    v["l"] = F.mse_loss(v["yhat"], y)
    return v
