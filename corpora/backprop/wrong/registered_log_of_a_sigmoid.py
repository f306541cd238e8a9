# what: logarithms of sigmoids
# expect: registered 2.5
# message: registered "logarithm of a sigmoid"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D: int, C: int) -> None:
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C) / math.sqrt(D)))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(C) / math.sqrt(C)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores = x @ self.get_parameter("0_weight") + self.get_parameter("0_bias")
        return F.logsigmoid(scores)
