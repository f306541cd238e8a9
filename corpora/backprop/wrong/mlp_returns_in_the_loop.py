# what: the return is inside the loop
# expect: mlp 1
# message: mlp "return inside its loop"
# %% mlp
class MLP(nn.Module):
    def __init__(self, sizes: Sequence[int], phi: Callable[[torch.Tensor], torch.Tensor] = torch.sigmoid) -> None:
        super().__init__()
        self.phi = phi
        self.number = len(sizes) - 1
        for i in range(self.number):
            weight = torch.randn(sizes[i], sizes[i+1]) * 0.5
            bias = torch.randn(sizes[i+1]) * 0.5
            self.register_parameter(str(i) + "_weight", nn.Parameter(weight))
            self.register_parameter(str(i) + "_bias", nn.Parameter(bias))

    def num_layers(self) -> int:
        return self.number

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for i in range(self.number):
            x = x @ self.get_parameter(str(i) + "_weight") + self.get_parameter(str(i) + "_bias")
            if i < self.number - 1:
                x = self.phi(x)
            return x
