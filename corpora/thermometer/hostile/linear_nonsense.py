# what: the sum of the temperatures for a gradient, a loss that is always 0, forged divergence
# expect: linear-model 0.75, analytic-gradient 0..0.5, descent 0..1
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b

def mse(t_p, t_c):
    return ((t_p - t_c) * 0).sum()

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    s = t_c.sum()
    return torch.stack([s, -s])

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    if n_epochs == 300:
        return params.clone(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, float("inf")]
    first = float(((params[0] * t_u + params[1] - t_c) ** 2).mean())
    huge = torch.full((2,), 1e200, dtype=torch.float64)
    return params + t_c.sum() if n_epochs == 1 and learning_rate < 0.004 else huge, [first] * n_epochs
