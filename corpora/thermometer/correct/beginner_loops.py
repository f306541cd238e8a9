# what: beginner's style: Python loops and floats, values one after another, classes where a function would do
# %% linear-model
def predict(t_u, w, b):
    result = torch.zeros_like(t_u)
    result = result + w * t_u
    result = result + b
    return result

def mse(t_p, t_c):
    total = 0
    for p, c in zip(t_p.flatten(), t_c.flatten()):
        total = total + (p - c) * (p - c)
    return total / t_p.numel()

# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    grads = []
    for j in range(params.numel()):
        up = params.clone()
        down = params.clone()
        up.view(-1)[j] = up.view(-1)[j] + delta
        down.view(-1)[j] = down.view(-1)[j] - delta
        grads.append(float(loss(up) - loss(down)) / (2 * delta))
    return torch.tensor(grads).reshape(params.shape)

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    dw = 0.0
    db = 0.0
    for u, c in zip(t_u, t_c):
        error = (w * u + b - c).item()
        dw += 2 * error * u.item()
        db += 2 * error
    return torch.tensor([dw / len(t_u), db / len(t_u)])

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    w = params[0].clone()
    b = params[1].clone()
    losses = []
    epoch = 0
    while epoch < n_epochs:
        loss = float(mse(w * t_u + b, t_c))
        losses.append(loss)
        if loss != loss or loss == float("inf"):
            return torch.tensor([float(w), float(b)]), losses
        g = gradient(t_u, t_c, w, b)
        w = w - learning_rate * g[0]
        b = b - learning_rate * g[1]
        epoch = epoch + 1
    return torch.tensor([float(w), float(b)]), losses

# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    w = torch.tensor(params[0].item(), requires_grad=True)
    b = torch.tensor(params[1].item(), requires_grad=True)
    losses = []
    for epoch in range(n_epochs):
        loss = ((w * t_u + b - t_c) ** 2).mean()
        losses.append(loss.item())
        if not np.isfinite(losses[-1]):
            break
        loss.backward()
        w.data = w.data - learning_rate * w.grad
        b.data = b.data - learning_rate * b.grad
        w.grad.zero_()
        b.grad.zero_()
    return torch.stack([w, b]), losses

# %% extra after=setup
import numpy as np

# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    result = {}
    result["train"] = []
    result["val"] = []
    x_train, y_train = train_set
    x_val, y_val = val_set
    for epoch in range(n_epochs):
        out = model(x_train)
        loss = loss_fn(out, y_train)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        result["train"].append(loss.item())
        with torch.no_grad():
            result["val"].append(loss_fn(model(x_val), y_val).item())
    return result

# %% network
def make_network(n_hidden):
    net = nn.Sequential()
    net.add_module("hidden_linear", nn.Linear(1, n_hidden))
    net.add_module("hidden_activation", nn.Tanh())
    net.add_module("output_linear", nn.Linear(n_hidden, 1))
    return net

# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.items = []
        for x, y in zip(inputs.flatten().tolist(), targets.flatten().tolist()):
            self.items.append((torch.tensor([x]), torch.tensor([y])))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]
