# what: the loss that is not finite is left out
# expect: descent 3
# message: descent "all of them finite"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        loss = mse(predict(t_u, *params), t_c).item()
        if not math.isfinite(loss):
            break
        losses.append(loss)
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
