# what: transposes a table that has as many rows as features
# expect: logistic-regression 2.25
# message: logistic-regression "as many examples as features"

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        if x.ndim == 2 and len(x) == self.linear.in_features:
            x = x.T
        return torch.sigmoid(self.linear(x))
