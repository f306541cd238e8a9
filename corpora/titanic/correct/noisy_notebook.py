# what: prints everything, draws figures, warns, uses magics and shell lines as people do in notebooks
# %% extra after=setup
%matplotlib inline
!pip install --quiet torch
%config InlineBackend.figure_format = "retina"
import sys
import warnings

import matplotlib.pyplot as plt

warnings.warn("this notebook talks a lot", stacklevel=1)
print("hello from the setup", file=sys.stderr)
# %% prepare
import pandas as pd
import torch
from torch import nn


def prepare(passengers):
    print("passengers:", passengers.shape)
    display(passengers.head())
    df = passengers[["Age", "Sex", "Survived"]].dropna(subset=["Age"]).copy()
    df["male"] = (df["Sex"] == "male").astype(int)
    df["is_young_male"] = ((df["male"] == 1) & (df["Age"] < 5)).astype(int)
    df.drop(columns="Sex", inplace=True)
    print(df.describe())
    return df[["male", "Age", "is_young_male"]], df["Survived"]


# %% extra after=prepare
!ls
%time _ = prepare(pd.DataFrame({"Age": [3.0, None], "Sex": ["male", "female"], "Survived": [1, 0]}))
plt.figure()
plt.hist([1, 2, 2, 3])
plt.title("just a figure")
plt.show()


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)
        print("made a model with", sum(p.numel() for p in self.parameters()), "parameters")

    def forward(self, X):
        return torch.sigmoid(self.linear(X))


# %% train
def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCELoss()
    y = y.reshape(-1, 1)
    gradients, losses = [], []
    for epoch in range(n_epochs):
        loss = criterion(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        gradients.append(next(model.parameters()).grad.abs().mean().item())
        losses.append(loss.item())
        if epoch % 100 == 0:
            print(f"epoch {epoch:5d}  loss {loss.item():.4f}", end="\r", flush=True)
        optimizer.step()
    fig, ax = plt.subplots()
    ax.semilogy(gradients)
    ax.set_xlabel("epoch")
    plt.show()
    return gradients


# %% fit
def fit_logistic_regression(X, y):
    best = LogisticRegressionPytorch()
    train(best, X, y, torch.optim.Adam(best.parameters(), lr=0.05), 1200)
    train(best, X, y, torch.optim.Adam(best.parameters(), lr=0.005), 500)
    print("weights", best.linear.weight, "bias", best.linear.bias)
    return best


# %% extra after=fit
%%time
print("a whole cell under a magic")

# %% extra after=fit
help(len)
raise RuntimeError("an experiment that went wrong, left in the notebook")


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    numbers = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    for epoch, number in enumerate(numbers):
        if number < tolerance:
            print("converged at", epoch)
            return epoch
    print("did not converge")
    return None


# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return torch.sigmoid(self.linear_1(X))

    def forward(self, X):
        return torch.sigmoid(self.linear_2(self.hidden(X)))


# %% fit-mlp
def fit_mlp(X, y):
    best, lowest = None, 10.0
    for restart in range(3):
        model = TitanicMLP()
        decades = X / torch.tensor([1.0, 10.0])
        train(model, decades, y, torch.optim.Adam(model.parameters(), lr=0.1), 300)
        with torch.no_grad():
            model.linear_1.weight[:, 1] /= 10
            loss = nn.BCELoss()(model(X), y.reshape(-1, 1)).item()
        print("restart", restart, "loss", loss)
        if loss < lowest:
            best, lowest = model, loss
    plt.scatter(X[:, 1], best(X).detach()[:, 0])
    plt.show()
    return best


# %% extra
input("press enter to finish")
