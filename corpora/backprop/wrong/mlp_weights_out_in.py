# what: weights (out, in), used transposed
# expect: mlp 4
# message: mlp "should have shape (2, 3)"
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.phi = phi
        self.sizes = list(sizes)
        for k in range(1, len(self.sizes)):
            n_in, n_out = self.sizes[k - 1], self.sizes[k]
            self.register_parameter(f"{k - 1}_weight", nn.Parameter(torch.randn(n_out, n_in) / math.sqrt(n_in)))
            self.register_parameter(f"{k - 1}_bias", nn.Parameter(torch.randn(n_out) / math.sqrt(n_in)))

    def num_layers(self):
        return len(self.sizes) - 1

    def forward(self, x):
        n = self.num_layers()
        for k in range(n):
            x = x @ self.get_parameter(f"{k}_weight").T + self.get_parameter(f"{k}_bias")
            x = self.phi(x) if k < n - 1 else x
        return x
