# what: a last loss that belongs to no update
# expect: descent 3
# message: descent "entries"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for epoch in range(n_epochs + 1):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]) or epoch == n_epochs:
            break
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
