# what: the loss after each update
# expect: descent 3
# message: descent "This is the loss after the update"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        params = params - learning_rate * gradient(t_u, t_c, *params)
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
    return params, losses
