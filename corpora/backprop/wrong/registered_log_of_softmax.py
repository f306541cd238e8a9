# what: the logarithm of a softmax that rounds to 0
# expect: registered 2.5
# message: registered "finite"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(0.1 * torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(0.1 * torch.randn(C)))

    def forward(self, x):
        return torch.softmax(x @ self.get_parameter("0_weight") + self.get_parameter("0_bias"), -1).log()
