# what: exp(-z) and exp(z) confused
# expect: logistic-regression 1.75
# message: logistic-regression "not surviving"
# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return 1 / (1 + torch.exp(self.linear(X)))
