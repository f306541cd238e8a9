# what: a software engineer's version: base class, dataclass, type hints, helper cells between the tasks
# %% prepare
from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import pandas as pd
import torch
from torch import Tensor, nn

YOUNG: Final[float] = 5.0


def prepare(passengers: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Known ages only; three numeric columns, and who survived."""
    known: pd.DataFrame = passengers.query("Age == Age")
    male: pd.Series = pd.get_dummies(known["Sex"], dtype=int).reindex(columns=["male"], fill_value=0)["male"]
    features = pd.DataFrame(
        {"male": male, "Age": known["Age"], "is_young_male": male.where(known["Age"] < YOUNG, other=0)},
        index=known.index,
    )
    return features, known["Survived"]


# %% extra after=prepare
class Classifier(nn.Module):
    """Anything that gives one probability for a passenger."""

    def logit(self, X: Tensor) -> Tensor:
        raise NotImplementedError("subclasses say how")

    def forward(self, X: Tensor) -> Tensor:
        return torch.sigmoid(self.logit(X))

    def log_loss(self, X: Tensor, y: Tensor) -> Tensor:
        return nn.functional.binary_cross_entropy_with_logits(self.logit(X), y.reshape(-1, 1).to(X))

    @property
    def first_weight(self) -> nn.Parameter:
        return next(parameter for parameter in self.parameters() if parameter.ndim == 2)


# %% logistic-regression
class LogisticRegressionPytorch(Classifier):
    def __init__(self, n_features: int = 3) -> None:
        super().__init__()
        self.linear = nn.Linear(n_features, 1)

    def logit(self, X: Tensor) -> Tensor:
        return self.linear(X)


# %% extra after=logistic-regression
@dataclasses.dataclass
class Trainer:
    model: nn.Module
    optimizer: torch.optim.Optimizer

    def loss(self, X: Tensor, y: Tensor) -> Tensor:
        if isinstance(self.model, Classifier):
            return self.model.log_loss(X, y)
        return nn.functional.binary_cross_entropy(self.model(X).reshape(-1), y.reshape(-1))

    def epochs(self, X: Tensor, y: Tensor) -> Iterator[float]:
        weight = next(parameter for parameter in self.model.parameters() if parameter.ndim == 2)
        while True:
            self.optimizer.zero_grad(set_to_none=True)
            self.loss(X, y).backward()
            size = weight.grad.abs().mean().item()
            self.optimizer.step()
            yield size


# %% train
def train(model: nn.Module, X: Tensor, y: Tensor, optimizer: torch.optim.Optimizer, n_epochs: int) -> list[float]:
    trainer = Trainer(model, optimizer)
    return [size for _, size in zip(range(n_epochs), trainer.epochs(X, y))]


# %% fit
def fit_logistic_regression(X: Tensor, y: Tensor) -> LogisticRegressionPytorch:
    centre, spread = X.mean(0), X.std(0).clamp_min(1e-6)
    model = LogisticRegressionPytorch().double()
    Z = ((X - centre) / spread).double()
    optimizer = torch.optim.Rprop(model.parameters(), lr=0.1)
    train(model, Z, y.double(), optimizer, 800)
    with torch.no_grad():
        model.linear.weight.div_(spread)
        model.linear.bias.sub_((model.linear.weight * centre).sum())
    return model.float()


# %% convergence
def epochs_to_converge(
    make_optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer],
    X: Tensor,
    y: Tensor,
    tolerance: float,
    max_epochs: int,
) -> int | None:
    model = LogisticRegressionPytorch()
    trainer = Trainer(model, make_optimizer(model.parameters()))
    for epoch, size in zip(range(max_epochs), trainer.epochs(X, y)):
        if size < tolerance:
            return epoch
    return None


# %% mlp
class TitanicMLP(Classifier):
    def __init__(self) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X: Tensor) -> Tensor:
        return torch.sigmoid(self.linear_1(X))

    def logit(self, X: Tensor) -> Tensor:
        return self.linear_2(self.hidden(X))


# %% fit-mlp
def fit_mlp(X: Tensor, y: Tensor) -> TitanicMLP:
    def attempt(seed: int) -> tuple[float, TitanicMLP]:
        torch.manual_seed(seed)
        model = TitanicMLP()
        units = torch.tensor([1.0, 10.0])
        train(model, X / units, y, torch.optim.Adam(model.parameters(), lr=0.1), 250)
        train(model, X / units, y, torch.optim.Adam(model.parameters(), lr=0.01), 50)
        with torch.no_grad():
            model.linear_1.weight.div_(units)
            return model.log_loss(X, y).item(), model

    return min((attempt(seed) for seed in range(3)), key=lambda pair: pair[0])[1]
