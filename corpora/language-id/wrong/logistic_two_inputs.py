# what: two weights, whatever `n_inputs` is
# expect: logistic-regression 1.75
# message: logistic-regression "as many for any `n_inputs`"

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))
