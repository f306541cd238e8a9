# what: the layer has another name
# expect: logistic-regression 2.5
# message: logistic-regression "no parameter `linear.weight`"
# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 1)

    def forward(self, X):
        return torch.sigmoid(self.fc(X))
