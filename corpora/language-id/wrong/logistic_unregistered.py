# what: weights in plain tensors
# expect: logistic-regression 0.75..1
# message: logistic-regression "parameters"

# %% logistic-regression


class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.w = torch.randn(n_inputs, 1, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, x):
        return torch.sigmoid(x @ self.w + self.b)
