# what: the loop ends one epoch early
# expect: descent 1
# message: descent "These are the parameters with which you started"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs - 1):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
