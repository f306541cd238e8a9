# what: W.t() @ x, as in the worked seed: works for one example only
# expect: registered 2
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(C)))

    def forward(self, x):
        return F.log_softmax(self.get_parameter("0_weight").t() @ x + self.get_parameter("0_bias"), dim=-1)
