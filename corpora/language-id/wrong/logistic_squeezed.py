# what: drops the last dimension
# expect: logistic-regression 1.5..2.25
# message: logistic-regression "shape"

# %% logistic-regression


class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x)).squeeze()
