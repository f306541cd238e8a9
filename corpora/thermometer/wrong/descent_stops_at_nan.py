# what: looks for NaN and not for infinity
# expect: descent 3
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if math.isnan(losses[-1]):
            break
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
