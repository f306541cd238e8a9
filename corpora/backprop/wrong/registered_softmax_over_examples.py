# what: softmax over dimension 0: right for one example, wrong for a batch
# expect: registered 2.5
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(C)))

    def forward(self, x):
        return F.log_softmax(x @ self.get_parameter("0_weight") + self.get_parameter("0_bias"), dim=0)
