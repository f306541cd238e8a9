# what: clips the scores before the softmax
# expect: registered 2.5
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C) / 10))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(C) / 10))

    def forward(self, x):
        s = x @ self.get_parameter("0_weight") + self.get_parameter("0_bias")
        s = torch.clip(s, min=-20, max=20)  # so that exp does not overflow
        return torch.log_softmax(s, dim=-1)
