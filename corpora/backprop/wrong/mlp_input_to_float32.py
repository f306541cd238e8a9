# what: casts the input to float32, so that a model after `.double()` fails, as the supplied BFGS uses it
# expect: mlp 4
# message: mlp "dtype"
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.phi, self.depth = phi, len(sizes) - 1
        for i in range(self.depth):
            self.register_parameter(f"{i}_weight", nn.Parameter(torch.randn(sizes[i], sizes[i + 1])))
            self.register_parameter(f"{i}_bias", nn.Parameter(torch.randn(sizes[i + 1])))

    def num_layers(self):
        return self.depth

    def forward(self, x):
        x = torch.as_tensor(x, dtype=torch.float32)
        for i in range(self.depth):
            x = x @ self.get_parameter(f"{i}_weight") + self.get_parameter(f"{i}_bias")
            if i + 1 < self.depth:
                x = self.phi(x)
        return x
