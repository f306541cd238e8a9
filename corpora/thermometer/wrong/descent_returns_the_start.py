# what: the loop changes names of its own, and the start is returned
# expect: descent 2
# message: descent "These are the parameters with which you started"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    w, b = params
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, w, b), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        dw, db = gradient(t_u, t_c, w, b)
        w, b = w - learning_rate * dw, b - learning_rate * db
    return params, losses
