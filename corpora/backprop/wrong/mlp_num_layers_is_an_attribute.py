# what: `num_layers` is a number, not a method
# expect: mlp 4
# message: mlp "should be a method"

# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.phi = phi
        self.n = self.num_layers = len(sizes) - 1
        for i in range(self.n):
            self.register_parameter(f"{i}_weight", nn.Parameter(torch.randn(sizes[i], sizes[i + 1])))
            self.register_parameter(f"{i}_bias", nn.Parameter(torch.randn(sizes[i + 1])))
    def forward(self, x):
        for i in range(self.n):
            x = x @ self.get_parameter(f"{i}_weight") + self.get_parameter(f"{i}_bias")
            if i < self.n - 1:
                x = self.phi(x)
        return x
