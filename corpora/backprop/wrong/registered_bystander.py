# what: forward reads the plain tensors, the registered parameters stand by
# expect: registered 2
# message: registered "gradient|does not require grad|does not read"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.W = torch.randn(D, C) / math.sqrt(D)
        self.b = torch.randn(C) / math.sqrt(C)
        self.register_parameter("0_weight", nn.Parameter(self.W))
        self.register_parameter("0_bias", nn.Parameter(self.b))

    def forward(self, x):
        return F.log_softmax(x @ self.W + self.b, dim=-1)
