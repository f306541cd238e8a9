# what: a sigmoid of a sigmoid
# expect: logistic-regression 1.75
# message: logistic-regression "sigmoid of a sigmoid"

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(torch.sigmoid(self.linear(x)))
