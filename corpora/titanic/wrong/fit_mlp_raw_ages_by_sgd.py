# what: plain SGD on raw ages, far from the end
# expect: fit-mlp 0
# message: fit-mlp "raw ages|found little more than"
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X: torch.Tensor, y: torch.Tensor) -> TitanicMLP:
    best, best_loss = None, float("inf")
    targets = y.reshape(-1, 1)
    for start in range(3):
        model = TitanicMLP()
        train(model, X, targets, torch.optim.SGD(model.parameters(), lr=0.01), 1000)
        with torch.no_grad():
            loss = nn.functional.binary_cross_entropy(model(X), targets).item()
        if loss < best_loss:
            best, best_loss = model, loss
    return best
