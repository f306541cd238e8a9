# what: nn.Sequential inside, the contract's attributes pointing at the same layers
# %% prepare
import numpy as np
import pandas as pd
import torch
from torch import nn


def prepare(passengers):
    X = pd.concat(
        [pd.get_dummies(passengers["Sex"], dtype=float).get("male", pd.Series(0.0, passengers.index)).rename("male"), passengers["Age"]],
        axis=1,
    )
    X["is_young_male"] = X["male"] * (X["Age"] < 5)
    X = X[X["Age"].notna()]
    return X, passengers["Survived"].reindex(X.index)


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(3, 1), nn.Sigmoid())
        self.linear = self.network[0]

    def forward(self, X):
        return self.network(X)


# %% train
def train(model, X, y, optimizer, n_epochs):
    loss_fn = nn.BCELoss(reduction="none")
    model.train()
    numbers = []
    for epoch in range(1, n_epochs + 1):
        loss = loss_fn(model(X).squeeze(-1), y.float().squeeze()).mean()
        optimizer.zero_grad()
        loss.backward()
        numbers += [np.abs(next(model.parameters()).grad.detach().numpy()).mean()]
        optimizer.step()
    return tuple(numbers)


# %% fit
def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.zero_()
        model.linear.bias.zero_()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(model.linear(X).ravel(), y.ravel())
        loss.backward()
        return loss

    for _ in range(30):
        optimizer.step(closure)
    return model


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    numbers = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    below = [epoch for epoch, number in enumerate(numbers) if number < tolerance]
    return min(below) if below else None


# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)
        self.first = nn.Sequential(self.linear_1, nn.Sigmoid())
        self.second = nn.Sequential(self.linear_2, nn.Sigmoid())

    def hidden(self, X):
        return self.first(X)

    def forward(self, X):
        return nn.Sequential(self.first, self.second)(X)


# %% fit-mlp
def fit_mlp(X, y):
    models, losses = [], []
    for _ in range(3):
        model = TitanicMLP()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.0)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.998)
        for _ in range(300):
            optimizer.zero_grad()
            loss = nn.functional.binary_cross_entropy(model(X * torch.tensor([1.0, 0.1])), y.reshape(-1, 1))
            loss.backward()
            optimizer.step()
            scheduler.step()
        models.append(model)
        losses.append(loss.item())
    best = models[losses.index(min(losses))]
    best.linear_1.weight.data *= torch.tensor([1.0, 0.1])
    return best
