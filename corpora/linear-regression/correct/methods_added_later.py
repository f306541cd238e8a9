# what: methods added to the class one by one, as in a well-known book
# https://pilotleoyan.github.io/inside-deep-learning/content/linear-regression/simple-linear-regression
# %% manual
def add_to_class(Class):
    def wrapper(obj):
        setattr(Class, obj.__name__, obj)
    return wrapper


class LinearRegressionManual:
    def __init__(self, n_features, sigma=0.01):
        self.weights = torch.normal(0, sigma, (n_features, 1))
        self.bias = torch.zeros(1)


@add_to_class(LinearRegressionManual)
def forward(self, X):
    return torch.relu(torch.matmul(X, self.weights) + self.bias).reshape(-1)


@add_to_class(LinearRegressionManual)
def backward(self, X, yhat, y):
    m = X.shape[0]
    dz = 2 / m * (yhat - y).reshape(-1, 1)
    dz[yhat.reshape(-1, 1) <= 0] = 0
    return torch.matmul(X.T, dz), torch.sum(dz, dim=0)
