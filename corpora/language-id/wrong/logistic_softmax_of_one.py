# what: softmax of a single number
# expect: logistic-regression 1
# message: logistic-regression "softmax of a single number"
# message: logistic-regression "all exactly 0|every gradient is 0"

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.softmax(self.linear(x), dim=-1)
