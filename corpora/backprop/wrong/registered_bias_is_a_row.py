# what: a bias of shape (1, C)
# expect: registered 1.5
# message: registered "0_bias"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D: int, C: int) -> None:
        super().__init__()
        for name, shape in [("0_weight", (D, C)), ("0_bias", (1, C))]:
            self.register_parameter(name, nn.Parameter(torch.randn(*shape) * 0.1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        z = x @ self.get_parameter("0_weight") + self.get_parameter("0_bias")
        return z - torch.logsumexp(z, dim=-1, keepdim=True)
