# what: no bias is ever added
# expect: mlp 3..4.75
# message: mlp "without biases"
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.n, self.phi = len(sizes) - 1, phi
        for i in range(self.n):
            self.register_parameter(f"{i}_weight", nn.Parameter(torch.randn(sizes[i], sizes[i + 1])))
            self.register_parameter(f"{i}_bias", nn.Parameter(torch.randn(sizes[i + 1])))

    def num_layers(self):
        return self.n

    def forward(self, x):
        for i in range(self.n):
            x = x @ self.get_parameter(f"{i}_weight")
            if i < self.n - 1:
                x = self.phi(x)
        return x
