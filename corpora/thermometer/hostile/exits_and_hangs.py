# what: one function ends the process, another raises SystemExit, a third never comes back
# expect: linear-model 0, network 0, dataset 0..0.75
# %% linear-model
def predict(t_u, w, b):
    import os
    os._exit(0)

def mse(t_p, t_c):
    raise SystemExit(0)

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        w, b = params
        losses.append(((w * t_u + b - t_c) ** 2).mean().item())
        if not math.isfinite(losses[-1]):
            break
        d = 2 * (w * t_u + b - t_c) / len(t_u)
        params = params - learning_rate * torch.stack([(d * t_u).sum(), d.sum()])
    return params, losses

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    d = 2 * (w * t_u + b - t_c) / len(t_u)
    return torch.stack([(d * t_u).sum(), d.sum()])

# %% network
def make_network(n_hidden):
    raise KeyboardInterrupt

# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.n = len(inputs)

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        if index:
            raise StopIteration
        return torch.full((1,), float("nan")), torch.full((1,), float("nan"))
