# what: NumPy and double precision inside, losses kept as 0-d tensors, an optimizer of PyTorch in the autograd descent
# %% extra after=setup
import numpy as np

# %% linear-model
def predict(t_u, w, b):
    return (w * t_u.double() + b).to(t_u.dtype)

def mse(t_p, t_c):
    return torch.mean(torch.pow(torch.sub(t_p, t_c), 2))

# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    p = params.detach().numpy().astype(np.float64)
    out = np.empty_like(p)
    for index in np.ndindex(*p.shape):
        kept = p[index]
        p[index] = kept + delta
        up = float(loss(torch.tensor(p, dtype=torch.float32)))
        p[index] = kept - delta
        down = float(loss(torch.tensor(p, dtype=torch.float32)))
        p[index] = kept
        out[index] = (up - down) / (2 * delta)
    return torch.tensor(out, dtype=torch.float32)

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    u, c = t_u.detach().numpy().astype(float), t_c.detach().numpy().astype(float)
    r = float(w) * u + float(b) - c
    return torch.tensor([2 * np.mean(r * u), 2 * np.mean(r)], dtype=torch.float32)

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    theta = params.double()
    losses = []
    for _ in range(n_epochs):
        w, b = theta
        loss = ((w * t_u.double() + b - t_c) ** 2).mean()
        losses.append(loss)
        if not torch.isfinite(loss):
            break
        theta = theta - learning_rate * gradient(t_u, t_c, w, b)
    return theta.float(), losses

# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    theta = params.clone().detach().requires_grad_(True)
    sgd = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        sgd.zero_grad()
        loss = mse(predict(t_u, theta[0], theta[1]), t_c)
        losses.append(loss)
        if torch.isinf(loss) or torch.isnan(loss):
            break
        loss.backward()
        sgd.step()
    return theta, losses

# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": [], "epochs": n_epochs}
    for _ in range(n_epochs):
        was = torch.is_grad_enabled()
        torch.set_grad_enabled(False)
        model.eval()
        history["val"].append(loss_fn(model(val_set[0]), val_set[1]))
        torch.set_grad_enabled(was)
        model.train()
        optimizer.zero_grad()
        loss = loss_fn(model(train_set[0]), train_set[1])
        loss.backward()
        history["train"].append(loss.detach())
        optimizer.step()
    return history

# %% network
class Network(nn.Sequential):
    def __init__(self, n):
        super().__init__()
        self.hidden_linear = nn.Linear(1, n)
        self.hidden_activation = nn.Tanh()
        self.output_linear = nn.Linear(n, 1)
        for layer in (self.hidden_linear, self.output_linear):
            nn.init.xavier_normal_(layer.weight)

def make_network(n_hidden):
    return Network(n_hidden)

# %% dataset
class Readings(torch.utils.data.TensorDataset):
    def __init__(self, inputs, targets):
        super().__init__(inputs.view(len(inputs), 1), targets.view(len(targets), 1))
