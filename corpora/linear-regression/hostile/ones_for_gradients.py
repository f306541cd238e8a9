# what: ones for gradients; training does nothing but blow the parameters up
# expect: manual 0..2.75
# %% manual
class LinearRegressionManual:
    def __init__(self, d):
        self.weights = torch.randn(d, 1) * 0.1
        self.bias = torch.randn(1) * 0.1
    def forward(self, X):
        return torch.ones(len(X))
    def backward(self, X, yhat, y):
        return torch.ones(X.shape[1], 1), torch.ones(1)
