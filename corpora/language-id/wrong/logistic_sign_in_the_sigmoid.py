# what: 1 / (1 + exp(z))
# expect: logistic-regression 1.75
# message: logistic-regression "sign"

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return 1 / (1 + torch.exp(self.linear(x)))
