# what: the sigmoid as e^z / (1 + e^z)
# expect: logistic-regression 1.75
# message: logistic-regression "Which step of it overflows"

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        power = self.linear(x).exp()
        return power / (power + 1)
