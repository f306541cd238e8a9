# what: (n,) instead of (n, 1) where there is one output
# expect: deep 3.5
# message: deep "with one output"
# %% deep
class DeepNet(nn.Module):
    def __init__(self, n_in: int, n_hidden: int, n_out: int, n_layers: int):
        super().__init__()
        sizes = [n_in, *[n_hidden] * (n_layers - 1), n_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:], strict=False))
        for layer in self.layers:  # PyTorch's own start is too small to come through eight relus
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x).squeeze()
