# what: breaks out of the loop once the loss falls by less than a thousandth
# expect: descent 3.25
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for epoch in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        if epoch > 0 and 0 <= losses[-2] - losses[-1] < 1e-3:
            break
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
