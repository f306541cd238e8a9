# what: probabilities instead of their logarithms
# expect: registered 2.5
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(C)))

    def forward(self, x):
        return F.softmax(x @ self.get_parameter("0_weight") + self.get_parameter("0_bias"), dim=-1)
