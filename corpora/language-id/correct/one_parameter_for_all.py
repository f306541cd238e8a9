# what: weights and bias in one parameter, the bias first

# %% logistic-regression
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.theta = nn.Parameter(torch.zeros(n_inputs + 1))

    def forward(self, x):
        ones = torch.ones_like(x[..., :1])
        return torch.sigmoid(torch.cat([ones, x], -1) @ self.theta[:, None])
