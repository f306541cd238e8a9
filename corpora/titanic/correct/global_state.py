# what: right, though it leans on globals: counters, a device, a default dtype set on the way, a cached criterion
# %% prepare
import torch
from torch import nn

CALLS = {"prepare": 0, "train": 0}
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
COLUMNS = ["male", "Age", "is_young_male"]
torch.manual_seed(42)
torch.set_printoptions(precision=3)


def prepare(passengers):
    global known
    CALLS["prepare"] += 1
    known = passengers[passengers["Age"] >= 0].copy()
    known["male"] = [1 if sex == "male" else 0 for sex in known["Sex"]]
    known["is_young_male"] = [int(m and a < 5) for m, a in zip(known["male"], known["Age"])]
    return known[COLUMNS], known["Survived"]


# %% logistic-regression
class LogisticRegressionPytorch(nn.Module):
    made = []

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(len(COLUMNS), 1)
        LogisticRegressionPytorch.made.append(1)

    def forward(self, X):
        return torch.sigmoid(self.linear(X.to(DEVICE)))


# %% train
CRITERION = nn.BCELoss()
HISTORY = []


def train(model, X, y, optimizer, n_epochs):
    global HISTORY
    HISTORY = []
    CALLS["train"] += 1
    torch.set_grad_enabled(True)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = CRITERION(model(X), y.reshape(-1, 1))
        loss.backward()
        HISTORY.append(next(model.parameters()).grad.abs().mean().item())
        optimizer.step()
    return HISTORY


# %% fit
def fit_logistic_regression(X, y):
    torch.set_default_dtype(torch.float64)  # and never set back
    net = LogisticRegressionPytorch()
    theta = torch.zeros(4, requires_grad=True)
    A = torch.cat([X.double() / torch.tensor([1.0, 50.0, 1.0]), torch.ones(len(X), 1)], dim=1)
    target = y.reshape(-1).double()
    for _ in range(300):
        z = A @ theta
        p = torch.sigmoid(z)
        with torch.no_grad():
            H = A.T @ (A * (p * (1 - p)).unsqueeze(1))
            theta += torch.linalg.solve(H, A.T @ (target - p))
    with torch.no_grad():
        net.linear.weight.copy_((theta[:3] / torch.tensor([1.0, 50.0, 1.0])).unsqueeze(0))
        net.linear.bias.copy_(theta[3:])
    return net.float()


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    net = LogisticRegressionPytorch()
    train(net, X, y, make_optimizer(net.parameters()), max_epochs)
    return next((epoch for epoch in range(len(HISTORY)) if HISTORY[epoch] < tolerance), None)


# %% mlp
class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        self.last_hidden = torch.sigmoid(self.linear_1(X))
        return self.last_hidden

    def forward(self, X):
        self.hidden(X)
        return torch.sigmoid(self.linear_2(self.last_hidden))


# %% fit-mlp
def fit_mlp(X, y):
    torch.manual_seed(1)
    X = X / torch.tensor([1.0, 10.0])
    candidates = [TitanicMLP() for _ in range(3)]
    everything = [p for model in candidates for p in model.parameters()]
    optimizer = torch.optim.Adam(everything, lr=0.1)
    for _ in range(300):
        optimizer.zero_grad()
        losses = [CRITERION(model(X), y.reshape(-1, 1)) for model in candidates]
        sum(losses).backward()
        optimizer.step()
    losses = [CRITERION(model(X), y.reshape(-1, 1)).item() for model in candidates]
    chosen = candidates[losses.index(min(losses))]
    with torch.no_grad():
        chosen.linear_1.weight /= torch.tensor([1.0, 10.0])
    return chosen
