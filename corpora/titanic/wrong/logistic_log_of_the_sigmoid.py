# what: the logarithm of the probability
# expect: logistic-regression 1.75
# message: logistic-regression "logarithm of the sigmoid"
# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return nn.functional.logsigmoid(self.linear(X))
