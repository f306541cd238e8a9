# what: closures and one shared loop for both descents; compares with autograd and trains in extra cells; leaves settings behind
# %% linear-model
line = lambda u, w, b: u.mul(w).add(b)

def predict(t_u, w, b):
    return line(t_u, w, b)

def mse(t_p, t_c):
    d = t_p - t_c
    return (d * d).sum() / d.numel()

# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    def slope(j):
        def at(sign):
            moved = params.detach().clone().flatten()
            moved[j] += sign * delta
            return loss(moved.reshape(params.shape))
        return (at(+1) - at(-1)) / delta / 2

    return torch.as_tensor([slope(j) for j in range(params.numel())]).reshape_as(params)

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    with torch.no_grad():
        d = 2 * (predict(t_u, w, b) - t_c)
        return torch.stack(((d * t_u).mean(), d.mean()))

# %% extra after=analytic-gradient-tests
p = torch.tensor([1.0, 0.0], requires_grad=True)
mse(predict(t_u, p[0], p[1]), t_c).backward()
print(p.grad - gradient(t_u, t_c, p[0].detach(), p[1].detach()))
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)

# %% descent
def _loop(slope, t_u, t_c, params, rate, n):
    at, losses = params.detach().clone(), []
    for _ in range(n):
        loss, g = slope(t_u, t_c, at)
        losses.append(loss)
        if not math.isfinite(loss):
            break
        at = at - rate * g
    return at, losses

def descend(t_u, t_c, params, learning_rate, n_epochs):
    by_hand = lambda u, c, p: (mse(predict(u, *p), c).item(), gradient(u, c, *p))
    return _loop(by_hand, t_u, t_c, params, learning_rate, n_epochs)

# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    def by_autograd(u, c, p):
        leaf = p.clone().requires_grad_()
        with torch.enable_grad():
            loss = mse(predict(u, *leaf.unbind()), c)
        if loss.isfinite():
            loss.backward()
        return loss.item(), leaf.grad

    return _loop(by_autograd, t_u, t_c, params, learning_rate, n_epochs)

# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    train_losses, val_losses = [], []
    for _ in range(n_epochs):
        def closure():
            optimizer.zero_grad()
            loss = loss_fn(model(train_set[0]), train_set[1])
            loss.backward()
            return loss
        with torch.no_grad():
            val_losses.append(float(loss_fn(model(val_set[0]), val_set[1])))
        train_losses.append(float(optimizer.step(closure)))
    return dict(train=train_losses, val=val_losses)

# %% network
def make_network(n_hidden):
    parts = zip(("hidden_linear", "hidden_activation", "output_linear"), (nn.Linear(1, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 1)))
    return nn.Sequential(OrderedDict(parts))

# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        super().__init__()
        self.inputs, self.targets = inputs, targets

    def __len__(self):
        return self.inputs.shape[0]

    def __getitem__(self, i):
        return self.inputs[i].reshape(1), self.targets[i].reshape(1)
