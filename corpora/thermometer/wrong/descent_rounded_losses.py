# what: losses with four decimals
# expect: descent 3
# message: descent "should be the loss before update"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        losses.append(round(mse(predict(t_u, *params), t_c).item(), 4))
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
