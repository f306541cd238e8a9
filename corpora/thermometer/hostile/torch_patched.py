# what: losses, comparisons and the copy of tensors are replaced in its own process
# expect: linear-model 0, analytic-gradient 0
# %% linear-model
torch.allclose = torch.equal = lambda *args, **kwargs: True

def predict(t_u, w, b):
    return t_u

def mse(t_p, t_c):
    return (t_p * 0).sum()

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    return torch.zeros(2)

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
