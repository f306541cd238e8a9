# what: a single example has a branch of its own, which leaves the bias out
# expect: logistic-regression 2.25
# message: logistic-regression "a row of X alone"
# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.layer = nn.Linear(n_inputs, 1)

    def forward(self, x):
        if x.dim() == 1:
            z = torch.dot(self.layer.weight[0], x).reshape(1)
        else:
            z = self.layer(x)
        return torch.sigmoid(z)
