# what: `x.dim == 1` compares a method with 1, and the bias is unsqueezed: a vector comes back as a row
# expect: mlp 4
# message: mlp "shape"
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
        if x.dim == 1:
            x = x.unsqueeze(0)
        for i in range(self.num_layers()):
            x = x @ getattr(self, f"{i}_weight") + getattr(self, f"{i}_bias").unsqueeze(0)
            if i < self.num_layers() - 1:
                x = self.phi(x)
        return x
