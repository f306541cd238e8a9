# what: the first layer's weights go back to raw features, its bias does not
# expect: fit-mlp <=2
# message: fit-mlp "but not the bias"
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X, y):
    m, s = X.mean(dim=0), X.std(dim=0)
    Z = (X - m) / s
    y = y.view(-1, 1)
    best_loss = 1e9
    for seed in range(4):
        torch.manual_seed(seed)
        model = TitanicMLP()
        train(model, Z, y, torch.optim.Adam(model.parameters(), lr=0.05), 1500)
        loss = nn.functional.binary_cross_entropy(model(Z), y).item()
        if loss < best_loss:
            best_loss = loss
            best = model
    with torch.no_grad():
        best.linear_1.weight.copy_(best.linear_1.weight / s)
    return best
