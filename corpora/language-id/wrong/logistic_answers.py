# what: answers in place of probabilities
# expect: logistic-regression 1
# message: logistic-regression "cut at 0.5"

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return (torch.sigmoid(self.linear(x)) > 0.5).float() + 0 * self.linear(x)
