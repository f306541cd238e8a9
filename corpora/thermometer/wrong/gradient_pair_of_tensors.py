# what: a tuple of two numbers where a tensor is asked for
# expect: analytic-gradient 2.5
# message: analytic-gradient "tuple"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return (2 * (error * t_u).mean(), 2 * error.mean())

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * torch.stack(gradient(t_u, t_c, *params))
    return params, losses
