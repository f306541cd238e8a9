# what: the default dtype set to double in the task's cell, as some public notebooks do
# https://pilotleoyan.github.io/inside-deep-learning/content/linear-regression/simple-linear-regression
# %% logistic-regression
torch.set_default_dtype(torch.float64)


class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(n_inputs, 1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return 1 / (1 + torch.exp(-(x @ self.w.to(x.dtype) + self.b.to(x.dtype))))
