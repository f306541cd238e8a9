# what: looks for the words by their dtype, `object`, as notebooks written for pandas 2 do; returns a Series of arrays
# %% prepare
import pandas as pd
import torch
from torch import nn


def prepare(passengers):
    df = passengers[["Sex", "Age", "Survived"]].dropna(subset=["Age"]).copy()
    for column in df.columns:
        if df[column].dtype == "O":
            df[column] = df[column].map({"male": 1, "female": 0})
    df = df.rename(columns={"Sex": "male"})
    df["is_young_male"] = ((df["male"] == 1) & (df["Age"] < 5)).astype(int)
    return df[["male", "Age", "is_young_male"]], df["Survived"]


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return torch.sigmoid(self.linear(X))


# %% train
def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCELoss()
    if y.dim() == 1:
        y = y.unsqueeze(1)
    gradient_sizes = []
    for epoch in range(n_epochs):
        loss = criterion(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        weight = next(iter(model.parameters()))
        gradient_sizes.append(weight.grad.abs().mean().numpy())
        optimizer.step()
    return pd.Series(gradient_sizes)


# %% fit
def fit_logistic_regression(X, y):
    mean, std = X.mean(dim=0), X.std(dim=0)
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.SGD(model.parameters(), lr=2.0, momentum=0.9)
    train(model, (X - mean) / std, y, optimizer, 3000)
    with torch.no_grad():
        model.linear.bias -= (model.linear.weight * mean / std).sum()
        model.linear.weight /= std
    return model


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    sizes = torch.tensor([float(size) for size in sizes])
    below = torch.nonzero(sizes < tolerance)
    if len(below) == 0:
        return None
    return below[0].item()


# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)
        self.activation = nn.Sigmoid()

    def hidden(self, X):
        return self.activation(self.linear_1(X))

    def forward(self, X):
        return self.activation(self.linear_2(self.hidden(X)))


# %% fit-mlp
def fit_mlp(X, y):
    mean, std = X.mean(dim=0), X.std(dim=0) * torch.tensor([1.0, 0.7])
    Z = (X - mean) / std
    target = y.view(-1, 1)
    best, lowest = None, float("inf")
    for _ in range(3):
        model = TitanicMLP()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(300):
            loss = nn.functional.binary_cross_entropy(model(Z), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if loss.item() < lowest:
            best, lowest = model, loss.item()
    with torch.no_grad():
        best.linear_1.bias -= best.linear_1.weight @ (mean / std)
        best.linear_1.weight /= std
    return best
