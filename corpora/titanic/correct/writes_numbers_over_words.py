# what: puts numbers in the place of the words in one column, which pandas 3 allows in a column of objects alone
# %% prepare
import torch
from torch import nn


def prepare(passengers):
    df = passengers.dropna(subset=["Age"]).copy()
    df.loc[df["Sex"] == "male", "Sex"] = 1
    df.loc[df["Sex"] == "female", "Sex"] = 0
    df["male"] = df["Sex"].astype(int)
    df["is_young_male"] = 0
    df.loc[(df["male"] == 1) & (df["Age"] < 5), "is_young_male"] = 1
    return df[["male", "Age", "is_young_male"]], df["Survived"]


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X, logits=False):
        z = self.linear(X)
        return z if logits else z.sigmoid()


# %% train
def last_linear(model):
    return [module for module in model.modules() if isinstance(module, nn.Linear)][-1]


def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCEWithLogitsLoss()
    kept = {}
    handle = last_linear(model).register_forward_hook(lambda module, args, out: kept.update(z=out))
    sizes = []

    def closure():
        optimizer.zero_grad()
        model(X)
        loss = criterion(kept["z"].reshape(-1), y.reshape(-1))
        loss.backward()
        sizes.append(next(model.parameters()).grad.abs().mean().item())
        return loss

    try:
        for _ in range(n_epochs):
            optimizer.step(closure)
    finally:
        handle.remove()
    return sizes


# %% fit
def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    sizes = [1.0, 0.01, 1.0]  # ages in centuries: the gradient is then of one size
    scale = torch.tensor(sizes)
    train(model, X * scale, y, torch.optim.Adam(model.parameters(), lr=0.1), 1500)
    with torch.no_grad():
        model.linear.weight *= scale
    return model


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    optimizer = make_optimizer(model.parameters())
    epoch = 0
    while epoch < max_epochs:
        if train(model, X, y, optimizer, 1)[0] < tolerance:
            return epoch
        epoch += 1
    return None


# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return self.linear_1(X).sigmoid()

    def forward(self, X):
        return self.linear_2(self.hidden(X)).sigmoid()


# %% fit-mlp
def fit_mlp(X, y):
    criterion = nn.BCEWithLogitsLoss()

    def loss_of(model):
        return criterion(model.linear_2(model.hidden(X)).flatten(), y.flatten())

    scale = torch.tensor([1.0, 0.1])
    best = None
    for _ in range(3):
        model = TitanicMLP()
        with torch.no_grad():
            model.linear_1.weight *= scale  # ages are ten times as large as the other inputs
        groups = [
            {"params": [model.linear_1.weight], "lr": 0.02},
            {"params": [model.linear_1.bias, *model.linear_2.parameters()], "lr": 0.1},
        ]
        optimizer = torch.optim.Adam(groups)
        for _ in range(500):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()
        if best is None or loss_of(model) < loss_of(best):
            best = model
    return best
