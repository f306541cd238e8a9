# what: the bias is registered and never added
# expect: registered 1.5..2.75
# message: registered "without the bias"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(0.1 * torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(0.1 * torch.randn(C)))

    def forward(self, x):
        W, b = self.get_parameter("0_weight"), self.get_parameter("0_bias")
        return F.log_softmax(x @ W, dim=-1)
