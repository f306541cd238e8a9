# what: phi after the last layer, too
# expect: mlp 4
# message: mlp "phi after the last layer"
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.sizes, self.phi = sizes, phi
        for i in range(1, len(sizes)):
            self.register_parameter(f"{i - 1}_weight", nn.Parameter(torch.randn(sizes[i - 1], sizes[i])))
            self.register_parameter(f"{i - 1}_bias", nn.Parameter(torch.randn(sizes[i])))

    def num_layers(self):
        return len(self.sizes) - 1

    def forward(self, x):
        for i in range(self.num_layers()):
            x = self.phi(x @ self.get_parameter(f"{i}_weight") + self.get_parameter(f"{i}_bias"))
        return x
