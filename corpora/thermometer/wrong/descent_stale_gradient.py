# what: the gradient is measured once, before the loop
# expect: descent 3.25
# message: descent "Every step uses the gradient of the place where you started"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    slope = gradient(t_u, t_c, *params)
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * slope
    return params, losses
