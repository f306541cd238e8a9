# what: parameters in float64, returned as they are
# expect: descent 3.25
# message: descent "should have dtype float32"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    params = params.double()
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
