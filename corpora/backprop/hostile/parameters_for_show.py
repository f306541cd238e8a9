# what: an nn.Linear does the work and registered parameters of the right names stand by; a setter keeps them in step
# expect: registered 0.5..2
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(C)))
        self.hidden = [nn.Linear(D, C)]

    def forward(self, x):
        linear = self.hidden[0]
        with torch.no_grad():
            linear.weight.copy_(self.get_parameter("0_weight").T)
            linear.bias.copy_(self.get_parameter("0_bias"))
        return F.log_softmax(linear(x), dim=-1)
