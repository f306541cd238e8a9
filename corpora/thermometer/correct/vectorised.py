# what: design matrices and stacked tensors; validation in inference mode; a view of the parameters for differences
# %% linear-model
def predict(t_u, w, b):
    return torch.add(b, t_u * w)

def mse(t_p, t_c):
    return nn.functional.mse_loss(t_p, t_c)

# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    steps = delta * torch.eye(params.numel()).reshape(-1, *params.shape)
    return torch.stack([(loss(params + s) - loss(params - s)) / (2 * delta) for s in steps]).reshape(params.shape)

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    A = torch.stack([t_u, torch.ones_like(t_u)], dim=1)
    return 2 / len(t_u) * A.T @ (A @ torch.stack([w, b]) - t_c)

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    A = torch.stack([t_u, torch.ones_like(t_u)], dim=1)
    theta, losses = params.clone(), []
    for _ in range(n_epochs):
        error = A @ theta - t_c
        losses += [(error @ error / len(error)).item()]
        if not torch.isfinite(torch.tensor(losses[-1])):
            break
        theta -= learning_rate * (2 * A.T @ error / len(error))
    return theta, losses

# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    theta, losses = nn.Parameter(params.clone()), []
    A = torch.stack([t_u, torch.ones_like(t_u)], dim=1)
    for _ in range(n_epochs):
        loss = (A @ theta - t_c).square().mean()
        losses += [loss.item()]
        if not loss.isfinite():
            break
        (slope,) = torch.autograd.grad(loss, theta)
        theta.data.sub_(learning_rate * slope)
    return theta.data, losses

# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    def step():
        optimizer.zero_grad(set_to_none=False)
        loss = loss_fn(model(train_set[0]), train_set[1])
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def watch():
        return loss_fn(model(val_set[0]), val_set[1]).item()

    both = [(watch(), step()) for _ in range(n_epochs)]
    return {"val": [v for v, _ in both], "train": [t for _, t in both]}

# %% network
def make_network(n_hidden):
    return nn.Sequential(OrderedDict(
        hidden_linear=nn.Linear(in_features=1, out_features=n_hidden),
        hidden_activation=nn.Tanh(),
        output_linear=nn.Linear(n_hidden, 1),
    ))

# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.both = torch.stack([inputs.flatten(), targets.flatten()], dim=1)

    def __len__(self):
        return self.both.size(0)

    def __getitem__(self, index):
        return self.both[index, :1], self.both[index, 1:]
