# what: tanh in place of the sigmoid
# expect: logistic-regression 1.75
# message: logistic-regression "tanh"

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.tanh(self.linear(x))
