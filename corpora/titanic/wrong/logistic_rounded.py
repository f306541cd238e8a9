# what: 0 and 1 in place of probabilities
# expect: logistic-regression <=1.75
# message: logistic-regression "model\(X\)|model(X)"
# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return torch.sigmoid(self.linear(X)).round()
