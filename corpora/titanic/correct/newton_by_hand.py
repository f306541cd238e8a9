# what: Newton's method with a hand-written Hessian; gradients through torch.autograd.grad, set by hand for the optimizer
# %% prepare
import math

import numpy as np
import pandas as pd
import torch
from torch import nn


def prepare(passengers: pd.DataFrame):
    """Select by the index of the known ages; never touches the argument."""
    known = passengers["Age"].dropna().index
    age = passengers.loc[known, "Age"]
    male = passengers.loc[known, "Sex"].map({"male": 1, "female": 0})
    young = male * age.lt(5).astype(int)
    features = pd.concat({"male": male, "Age": age, "is_young_male": young}, axis="columns")
    return features, passengers.loc[known, "Survived"]


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(in_features=3, out_features=1)

    def forward(self, X):
        z = X @ self.linear.weight.T + self.linear.bias
        return 1 / (1 + torch.exp(-z))


# %% train
def train(model, X, y, optimizer, n_epochs):
    y = y.reshape(-1)
    parameters = [p for p in model.parameters()]
    weight = [p for p in parameters if p.ndim == 2][0]
    history = []
    for _ in range(n_epochs):
        p = model(X).reshape(-1).clamp(1e-6, 1 - 1e-6)
        loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
        gradients = torch.autograd.grad(loss, parameters)
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
            if parameter is weight:
                history.append(gradient.abs().mean())
        optimizer.step()
    return history


# %% fit
def fit_logistic_regression(X, y):
    A = np.column_stack([X.numpy().astype(np.float64), np.ones(len(X))])
    t = y.numpy().astype(np.float64).ravel()
    theta = np.zeros(4)

    def nll(theta):
        z = A @ theta
        return np.logaddexp(0, z).sum() - t @ z

    for _ in range(100):
        p = 1 / (1 + np.exp(-A @ theta))
        gradient = A.T @ (p - t)
        hessian = A.T @ (A * (p * (1 - p))[:, None])
        step = np.linalg.solve(hessian, gradient)
        scale = 1.0
        while nll(theta - scale * step) > nll(theta) + 1e-9 and scale > 1e-6:
            scale /= 2
        theta = theta - scale * step
        if np.abs(step).max() < 1e-10:
            break
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.tensor(theta[:3]).reshape(1, 3))
        model.linear.bias.fill_(theta[3])
    return model


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    optimizer = make_optimizer(list(model.parameters()))
    for epoch in range(max_epochs):
        (size,) = train(model, X, y, optimizer, 1)
        if size < tolerance:
            return epoch


# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super(TitanicMLP, self).__init__()
        self.linear_2 = nn.Linear(2, 1)
        self.linear_1 = nn.Linear(2, 2)

    def hidden(self, X):
        return 1 / (1 + torch.exp(-(X @ self.linear_1.weight.T + self.linear_1.bias)))

    def forward(self, X):
        return 1 / (1 + torch.exp(-(self.hidden(X) @ self.linear_2.weight.T + self.linear_2.bias)))


# %% fit-mlp
def fit_mlp(X, y):
    y = y.reshape(-1)
    units = torch.tensor([1.0, 10.0])
    best = (math.inf, None)
    for _ in range(3):
        model = TitanicMLP()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(300):
            p = model(X / units).reshape(-1).clamp(1e-6, 1 - 1e-6)
            loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if float(loss) < best[0]:
            best = (float(loss), model)
    with torch.no_grad():
        best[1].linear_1.weight.div_(units)
    return best[1]
