# what: one layer for all models
# expect: logistic-regression 2.75
# message: logistic-regression "share|same"

# %% logistic-regression
layer_of_all = {}


class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = layer_of_all.setdefault(n_inputs, nn.Linear(n_inputs, 1))

    def forward(self, x):
        return torch.sigmoid(self.linear(x))
