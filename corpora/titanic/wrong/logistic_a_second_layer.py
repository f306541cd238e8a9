# what: a hidden layer that nobody asked for
# expect: logistic-regression <=2.5
# message: logistic-regression "parameters"
# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)
        self.more = nn.Linear(3, 3)

    def forward(self, X):
        return torch.sigmoid(self.linear(self.more(X)))
