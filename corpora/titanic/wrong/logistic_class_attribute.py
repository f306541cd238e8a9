# what: one layer for all models, an attribute of the class
# expect: logistic-regression <3
# message: logistic-regression "share"
# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    linear = nn.Linear(3, 1)

    def __init__(self):
        super().__init__()
        self.linear = LogisticRegressionPytorch.linear

    def forward(self, X):
        return torch.sigmoid(self.linear(X))
