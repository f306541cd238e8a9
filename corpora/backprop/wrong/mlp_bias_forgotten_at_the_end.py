# what: the output layer has a bias that is never added
# expect: mlp 3..4.75
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
        last = self.num_layers() - 1
        for i in range(last):
            x = self.phi(x @ self.get_parameter(f"{i}_weight") + self.get_parameter(f"{i}_bias"))
        return x @ self.get_parameter(f"{last}_weight")
