# what: terse and functional: one-liners, next(), assign chains; LBFGS in float64, copied back
# %% prepare
from functools import partial
from itertools import count

import torch
import torch.nn.functional as F
from torch import nn


def prepare(passengers):
    known = passengers[passengers.Age.notna()]
    X = known.assign(male=(known.Sex == "male") * 1.0, is_young_male=((known.Sex == "male") & (known.Age < 5)) * 1.0)
    return X[["male", "Age", "is_young_male"]].astype("float32"), known.Survived.astype(int)


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    linear: nn.Linear

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    forward = lambda self, X: self.linear(X).sigmoid()


# %% train
def _epoch(model, X, y, optimizer, _):
    optimizer.zero_grad()
    F.binary_cross_entropy(model(X).flatten(), y.flatten()).backward()
    size = next(p for p in model.parameters() if p.dim() == 2).grad.abs().mean().item()
    optimizer.step()
    return size


train = lambda model, X, y, optimizer, n_epochs: list(map(partial(_epoch, model, X, y, optimizer), range(n_epochs)))


# %% fit
def _lbfgs(model, X, y, steps):
    twin, X, y = model.double(), X.double(), y.double().flatten()
    optimizer = torch.optim.LBFGS(
        twin.parameters(), max_iter=200, tolerance_grad=1e-12, tolerance_change=1e-16, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        loss = F.binary_cross_entropy(twin(X).flatten().clamp(1e-15, 1 - 1e-15), y)
        loss.backward()
        return loss

    [optimizer.step(closure) for _ in range(steps)]
    return closure().item(), twin.float()


fit_logistic_regression = lambda X, y: _lbfgs(LogisticRegressionPytorch(), X, y, 6)[1]


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    sizes = train(m := LogisticRegressionPytorch(), X, y, make_optimizer(m.parameters()), max_epochs)
    return next((i for i, size in zip(count(), sizes) if size < tolerance), None)


# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(2, 2), nn.Linear(2, 1)

    hidden = lambda self, X: self.linear_1(X).sigmoid()
    forward = lambda self, X: self.linear_2(self.hidden(X)).sigmoid()


# %% fit-mlp
DECADES = torch.tensor([1.0, 0.1])


def _candidate(X, y):
    loss, model = _lbfgs(TitanicMLP(), X * DECADES, y, 1)
    model.linear_1.weight.data *= DECADES
    return loss, model


fit_mlp = lambda X, y: min((_candidate(X, y) for _ in range(3)), key=lambda pair: pair[0])[1]
