# what: twice the learning rate
# expect: descent 2.75
# message: descent "The step has the right direction, not the right size"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - 2 * learning_rate * gradient(t_u, t_c, *params)
    return params, losses
