# what: takes a batch of one row for a vector
# expect: mlp 4
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes, phi=torch.sigmoid):
        super().__init__()
        self.sizes = sizes
        self.phi = phi
        for i in range(1, len(sizes)):
            self.register_parameter(f"{i - 1}_weight", nn.Parameter(torch.randn(sizes[i - 1], sizes[i])))
            self.register_parameter(f"{i - 1}_bias", nn.Parameter(torch.randn(sizes[i])))

    def num_layers(self):
        return len(self.sizes) - 1

    def forward(self, x):
        if x.shape[0] == 1:
            x = x.squeeze(0)
        for i in range(self.num_layers()):
            x = x.reshape(-1, self.sizes[i]) @ getattr(self, f"{i}_weight") + getattr(self, f"{i}_bias")
            if i < self.num_layers() - 1:
                x = self.phi(x)
        return x.squeeze(0)
