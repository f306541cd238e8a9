# what: the bias is a buffer, no parameter
# expect: registered 2
# message: registered "no parameter `0_bias`"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D: int, C: int) -> None:
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C) / math.sqrt(D)))
        self.register_buffer("0_bias", torch.randn(C))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores = x @ self.get_parameter("0_weight") + self.get_buffer("0_bias")
        return F.log_softmax(scores, dim=-1)
