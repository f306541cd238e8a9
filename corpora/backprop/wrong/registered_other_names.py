# what: the parameters have other names
# expect: registered 2
# message: registered "no parameter `0_weight`"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("weight_0", nn.Parameter(0.1 * torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(0.1 * torch.randn(C)))

    def forward(self, x):
        W, b = self.get_parameter("weight_0"), self.get_parameter("0_bias")
        return F.log_softmax(x @ W + b, dim=-1)
