# what: a beginner's plain loops: lists, counters, nothing vectorised where a loop will do
# %% prepare
import pandas as pd
import torch
from torch import nn


def prepare(passengers):
    rows = []
    labels = []
    kept = []
    for index, row in passengers.iterrows():
        if pd.isna(row["Age"]):
            continue
        if row["Sex"] == "male":
            male = 1
        else:
            male = 0
        if male == 1 and row["Age"] < 5:
            young = 1
        else:
            young = 0
        rows.append([male, row["Age"], young])
        labels.append(row["Survived"])
        kept.append(index)
    X = pd.DataFrame(rows, columns=["male", "Age", "is_young_male"], index=kept)
    y = pd.Series(labels, index=kept)
    return X, y


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        out = self.linear(x)
        out = self.sigmoid(out)
        return out


# %% train
def train(model, X, y, optimizer, n_epochs):
    loss_function = nn.BCELoss()
    target = y.reshape(len(y), 1)
    numbers = []
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        prediction = model(X)
        loss = loss_function(prediction, target)
        loss.backward()
        first = list(model.parameters())[0]
        total = 0.0
        count = 0
        for row in first.grad:
            for g in row:
                total = total + abs(g.item())
                count = count + 1
        numbers.append(total / count)
        optimizer.step()
    return numbers


# %% fit
def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    train(model, X, y, optimizer, 1500)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    train(model, X, y, optimizer, 500)
    return model


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    optimizer = make_optimizer(model.parameters())
    numbers = train(model, X, y, optimizer, max_epochs)
    epoch = 0
    for number in numbers:
        if number < tolerance:
            return epoch
        epoch = epoch + 1
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
        h = self.hidden(X)
        return torch.sigmoid(self.linear_2(h))


# %% fit-mlp
def fit_mlp(X, y):
    loss_function = nn.BCELoss()
    target = y.reshape(len(y), 1)
    X_decades = X.clone()
    X_decades[:, 1] = X_decades[:, 1] / 10
    best_model = None
    best_loss = 1000.0
    for attempt in range(3):
        model = TitanicMLP()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for epoch in range(300):
            optimizer.zero_grad()
            loss = loss_function(model(X_decades), target)
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            final = loss_function(model(X_decades), target).item()
        if final < best_loss:
            best_loss = final
            best_model = model
    with torch.no_grad():
        best_model.linear_1.weight[0, 1] = best_model.linear_1.weight[0, 1] / 10
        best_model.linear_1.weight[1, 1] = best_model.linear_1.weight[1, 1] / 10
    return best_model
