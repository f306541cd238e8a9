# what: all helpers in the first task's cell, later tasks by short calls to them; typed and terse; a network built by renaming
# %% linear-model
def predict(t_u, w, b):
    return t_u.multiply(w) + b

def mse(t_p, t_c):
    return torch.linalg.vector_norm(t_p - t_c).pow(2) / t_c.numel() if False else (t_p - t_c).pow(2).mean()

def _shifted(params, j, by):
    result = params.detach().clone().reshape(-1)
    result[j] += by
    return result.view(params.shape)

def _losses_and_steps(t_u, t_c, start, rate, n, slope):
    state, losses = [start.detach().clone()], []
    for _ in range(n):
        losses.append(((state[-1][0] * t_u + state[-1][1] - t_c) ** 2).mean().item())
        if losses[-1] in (float("inf"),) or losses[-1] != losses[-1]:
            break
        state.append(state[-1] - rate * slope(state[-1]))
    return state[-1], losses

# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    g = torch.empty_like(params).reshape(-1)
    for j in range(g.numel()):
        g[j] = (loss(_shifted(params, j, delta)) - loss(_shifted(params, j, -delta))) / (2 * delta)
    return g.reshape(params.shape)

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    n = t_u.shape[0]
    return torch.stack([
        2 * (w * (t_u @ t_u) + b * t_u.sum() - t_u @ t_c) / n,
        2 * (w * t_u.sum() + n * b - t_c.sum()) / n,
    ])

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    return _losses_and_steps(t_u, t_c, params, learning_rate, n_epochs, lambda p: gradient(t_u, t_c, *p))

# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    def slope(p):
        p = p.detach().requires_grad_()
        mse(predict(t_u, p[0], p[1]), t_c).backward()
        return p.grad
    return _losses_and_steps(t_u, t_c, params, learning_rate, n_epochs, slope)

# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [0.0] * n_epochs, "val": [0.0] * n_epochs}
    for i in range(n_epochs):
        model.zero_grad()
        predictions = model(train_set[0])
        with torch.no_grad():
            history["val"][i] = loss_fn(model(val_set[0]), val_set[1]).item()
        loss = loss_fn(predictions, train_set[1])
        history["train"][i] = loss.item()
        loss.backward()
        optimizer.step()
    return history

# %% network
def make_network(n_hidden):
    net = nn.Sequential(OrderedDict.fromkeys(["hidden_linear", "hidden_activation", "output_linear"], nn.Identity()))
    net.hidden_linear = nn.Linear(1, n_hidden)
    net.hidden_activation = nn.Tanh()
    net.output_linear = nn.Linear(n_hidden, 1)
    return net

# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.pairs = list(zip(inputs.reshape(-1, 1).unbind(), targets.reshape(-1, 1).unbind()))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        x, y = self.pairs[index]
        return [x, y]
