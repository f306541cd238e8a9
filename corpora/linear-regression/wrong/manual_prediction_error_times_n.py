# what: from a public solution: dw = (1/m) X^T (yhat - y), the half of the usual loss
# expect: manual 4.5
# message: manual "factor 2"
# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        self.weights = torch.randn(n_features, 1) * 0.01
        self.bias = torch.zeros(1)

    def forward(self, X):
        z = (X.mm(self.weights) + self.bias).flatten()
        return z.clamp(min=0)

    def backward(self, X, yhat, y):
        m = len(y)
        dz = (yhat - y).view(-1, 1) * (yhat > 0).float().view(-1, 1)
        return X.t().mm(dz) / m, dz.sum(0) / m
