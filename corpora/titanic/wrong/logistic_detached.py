# what: probabilities without a gradient
# expect: logistic-regression 2.5
# message: logistic-regression "does not require grad|No gradient"
# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return torch.sigmoid(self.linear(X)).detach()
