# what: scipy.optimize does the fitting; sizes come back as a torch tensor, epochs as a numpy integer
# %% prepare
import numpy as np
import scipy.optimize
import torch
from scipy.special import expit
from torch import nn


def prepare(passengers):
    table = passengers.loc[passengers["Age"].notnull(), ["Sex", "Age", "Survived"]]
    features = table[["Age"]].copy()
    features.insert(0, "male", np.where(table["Sex"].eq("male"), 1, 0))
    features["is_young_male"] = np.where(features["Age"] < 5, features["male"], 0)
    return features, table["Survived"].astype(float)


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return nn.functional.sigmoid(self.linear(X))


# %% train
def train(model, X, y, optimizer, n_epochs):
    sizes = torch.zeros(n_epochs)
    for epoch in range(n_epochs):
        model.zero_grad(set_to_none=True)
        probabilities = model(X)
        nn.BCELoss()(probabilities, y.view_as(probabilities)).backward()
        sizes[epoch] = next(model.parameters()).grad.abs().mean()
        optimizer.step()
    return sizes


# %% fit
def fit_logistic_regression(X, y):
    A = np.hstack([X.numpy(), np.ones((len(X), 1))]).astype(np.float64)
    t = y.numpy().ravel()

    def objective(theta):
        z = A @ theta
        return np.logaddexp(0, z).mean() - (t * z).mean(), A.T @ (expit(z) - t) / len(t)

    found = scipy.optimize.minimize(objective, np.zeros(4), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    model = LogisticRegressionPytorch()
    model.load_state_dict(
        {"linear.weight": torch.tensor(found.x[:3]).view(1, 3), "linear.bias": torch.tensor(found.x[3:])}
    )
    return model


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs).numpy()
    return np.argmax(sizes < tolerance) if (sizes < tolerance).any() else None


# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return nn.functional.sigmoid(self.linear_1(X))

    def forward(self, X):
        return nn.functional.sigmoid(self.linear_2(self.hidden(X)))


# %% fit-mlp
def fit_mlp(X, y):
    x = X.numpy().astype(np.float64)
    t = y.numpy().ravel().astype(np.float64)

    def objective(theta):
        W1, b1, w2, b2 = theta[:4].reshape(2, 2), theta[4:6], theta[6:8], theta[8]
        h = expit(x @ W1.T + b1)
        z = h @ w2 + b2
        d = (expit(z) - t) / len(t)
        back = np.outer(d, w2) * h * (1 - h)
        return (np.logaddexp(0, z) - t * z).mean(), np.concatenate(
            [(back.T @ x).ravel(), back.sum(0), h.T @ d, [d.sum()]]
        )

    starts = np.random.default_rng(0).normal(size=(20, 9))
    starts[:, [1, 3]] *= 0.1
    runs = [scipy.optimize.minimize(objective, s, jac=True, method="L-BFGS-B", options={"maxiter": 2000}) for s in starts]
    theta = min(runs, key=lambda run: run.fun).x
    model = TitanicMLP()
    torch.nn.utils.vector_to_parameters(torch.tensor(theta, dtype=torch.float32), model.parameters())
    return model
