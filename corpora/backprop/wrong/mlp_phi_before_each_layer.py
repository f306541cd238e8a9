# what: phi before each layer, so on the input, too
# expect: mlp 4
# message: mlp "phi on the input, too"
# %% mlp
class MLP(nn.Module):
    """MLP with linear output"""

    def __init__(
        self, sizes: Sequence[int], phi: Callable[[torch.Tensor], torch.Tensor] = torch.sigmoid
    ) -> None:
        super().__init__()
        self.phi = phi
        self.layers = len(sizes) - 1
        for i in range(self.layers):
            self.register_parameter(f"{i}_weight", nn.Parameter(torch.randn(sizes[i], sizes[i + 1])))
            self.register_parameter(f"{i}_bias", nn.Parameter(torch.randn(sizes[i + 1])))

    def num_layers(self) -> int:
        return self.layers

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = x
        for i in range(self.layers):
            W = self.get_parameter(f"{i}_weight")
            b = self.get_parameter(f"{i}_bias")
            out = self.phi(out) @ W + b  # the last one stays linear
        return out
