# what: measures each model before it is fitted; and the output loses its dimensions of size 1
# expect: mlp 4, restarts 2
# message: restarts "a mistake in this task, too"

# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.phi = phi
        self.n = len(sizes) - 1
        for i in range(self.n):
            self.register_parameter(f"{i}_weight", nn.Parameter(torch.randn(sizes[i], sizes[i + 1])))
            self.register_parameter(f"{i}_bias", nn.Parameter(torch.randn(sizes[i + 1])))
    def num_layers(self):
        return self.n
    def forward(self, x):
        for i in range(self.n):
            x = x @ self.get_parameter(f"{i}_weight") + self.get_parameter(f"{i}_bias")
            if i < self.n - 1:
                x = self.phi(x)
        return x.squeeze()

# %% restarts
def best_of(n_restarts, hidden_sizes, X, y, fit, seed):
    torch.manual_seed(seed)
    best, best_mse = None, math.inf
    for r in range(n_restarts):
        model = MLP([X.shape[1], *hidden_sizes, y.shape[1]])
        with torch.no_grad():
            mse = F.mse_loss(model(X), y).item()
        if best is None or mse < best_mse or math.isnan(best_mse):
            best, best_mse = model, mse
        model = fit(model, X, y)
    return best, best_mse
