# what: everything written into the first solution cell, in another order; the other cells only say so
# %% prepare
import copy

import pandas as pd
import torch
import torch.nn as tnn


class TitanicMLP(tnn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = tnn.Linear(2, 2)
        self.linear_2 = tnn.Linear(2, 1)

    def forward(self, x):
        return self.linear_2(self.hidden(x)).sigmoid()

    def hidden(self, x):
        return self.linear_1(x).sigmoid()


class LogisticRegressionPytorch(tnn.Module):
    def __init__(self):
        super().__init__()
        self.linear = tnn.Linear(3, 1)

    def forward(self, x):
        return self.linear(x).sigmoid()


def column(v):
    return v if v.ndim == 2 else v[:, None]


def one_epoch(net, inputs, targets, opt):
    opt.zero_grad()
    loss = tnn.BCELoss()(net(inputs), column(targets))
    loss.backward()
    g = next(net.parameters()).grad.abs().mean().item()
    opt.step()
    return g, loss.item()


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    net = LogisticRegressionPytorch()
    opt = make_optimizer(net.parameters())
    for k in range(max_epochs):
        if one_epoch(net, X, y, opt)[0] < tolerance:
            return k
    return None


def fit_mlp(X, y):
    best, best_loss = None, 9e9
    for _ in range(3):
        net = TitanicMLP()
        opt = torch.optim.Adam(net.parameters(), lr=0.1)
        for _ in range(300):
            _, loss = one_epoch(net, X / torch.tensor([1.0, 10.0]), y, opt)
        if loss < best_loss:
            best, best_loss = copy.deepcopy(net), loss
    best.linear_1.weight.data[:, 1] /= 10  # trained on decades, used on years
    return best


def fit_logistic_regression(X, y):
    net = LogisticRegressionPytorch()
    for rate, epochs in [(0.1, 800), (0.01, 500)]:
        opt = torch.optim.Adam(net.parameters(), lr=rate)
        for _ in range(epochs):
            one_epoch(net, X, y, opt)
    return net


def train(model, X, y, optimizer, n_epochs):
    return [one_epoch(model, X, y, optimizer)[0] for _ in range(n_epochs)]


def prepare(passengers):
    known = passengers.dropna(subset="Age")
    out = pd.DataFrame(index=known.index)
    out["male"] = known["Sex"].eq("male").astype(int)
    out["Age"] = known["Age"]
    out["is_young_male"] = out["male"].mul(known["Age"].lt(5).astype(int))
    return out, known["Survived"].copy()


# %% logistic-regression
# see the first cell

# %% train
# see the first cell

# %% fit
pass

# %% convergence

# %% mlp
# see the first cell

# %% fit-mlp
print("done")
