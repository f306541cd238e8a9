# what: no bias
# expect: logistic-regression 1.75
# message: logistic-regression "Where is the bias"

# %% logistic-regression


class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1, bias=False)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))
