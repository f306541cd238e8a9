# what: weights (C, D), used transposed
# expect: registered 2
# message: registered "should have shape (4, 3)"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D: int, C: int) -> None:
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.empty(C, D).normal_(0, 0.05)))
        self.register_parameter("0_bias", nn.Parameter(torch.empty(C).normal_(0, 0.05)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # W is (out, in) so I need the transpose
        y = F.linear(x, self.get_parameter("0_weight"), self.get_parameter("0_bias"))
        return y.log_softmax(dim=-1)
