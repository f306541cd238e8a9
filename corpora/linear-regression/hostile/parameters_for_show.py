# what: weights that forward does not use: properties that forget what is written
# expect: manual <=1.25

# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        self.n = n_features

    @property
    def weights(self):
        return torch.randn(self.n, 1)

    @property
    def bias(self):
        return torch.zeros(1)

    def forward(self, X):
        return torch.relu(X.sum(1))

    def backward(self, X, yhat, y):
        return torch.zeros(self.n, 1), torch.zeros(1)
