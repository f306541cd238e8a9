# what: written for one hidden layer, whatever the sizes say
# expect: mlp 3.5
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.phi = phi
        self.register_parameter("0_weight", nn.Parameter(torch.randn(sizes[0], sizes[1])))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(sizes[1])))
        self.register_parameter("1_weight", nn.Parameter(torch.randn(sizes[1], sizes[-1])))
        self.register_parameter("1_bias", nn.Parameter(torch.randn(sizes[-1])))

    def num_layers(self):
        return 2

    def forward(self, x):
        h = self.phi(x @ self.get_parameter("0_weight") + self.get_parameter("0_bias"))
        return h @ self.get_parameter("1_weight") + self.get_parameter("1_bias")
