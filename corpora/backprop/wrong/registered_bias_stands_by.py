# what: the weight is read from the parameter, the bias from the tensor it was made of
# expect: registered 1.5..2.75
# message: registered "0_bias"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.b = torch.randn(C)
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(self.b))

    def forward(self, x):
        return F.log_softmax(x @ self.get_parameter("0_weight") + self.b, dim=-1)
