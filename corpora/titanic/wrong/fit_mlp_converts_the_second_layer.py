# what: the second layer is brought back, not the first
# expect: fit-mlp <=2
# message: fit-mlp "Its second layer was changed"
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X: torch.Tensor, y: torch.Tensor) -> TitanicMLP:
    mean, std = X.mean(dim=0), X.std(dim=0)
    Z = (X - mean) / std
    runs = []
    for _ in range(3):
        model = TitanicMLP()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        train(model, Z, y, optimizer, 2000)
        with torch.no_grad():
            runs.append((nn.functional.binary_cross_entropy(model(Z), y.reshape(-1, 1)).item(), model))
    best = min(runs, key=lambda run: run[0])[1]
    with torch.no_grad():
        best.linear_2.weight.copy_(best.linear_2.weight / std)
        best.linear_2.bias.copy_(best.linear_2.bias - best.linear_2.weight @ mean)
    return best
