# what: the caller's parameters are changed
# expect: descent 3.25
# message: descent "in place"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params -= learning_rate * gradient(t_u, t_c, *params)
    return params, losses
