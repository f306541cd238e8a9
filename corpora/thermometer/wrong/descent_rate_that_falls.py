# what: the rate falls by a tenth after every twenty epochs
# expect: descent 3.25
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for epoch in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * 0.9 ** (epoch // 20) * gradient(t_u, t_c, *params)
    return params, losses
