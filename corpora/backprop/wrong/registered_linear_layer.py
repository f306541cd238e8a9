# what: an nn.Linear, whose parameters have other names and a transposed weight
# expect: registered 0
# message: registered "0_weight"
# %% registered
class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.linear = nn.Linear(D, C)

    def forward(self, x):
        return F.log_softmax(self.linear(x), dim=-1)
