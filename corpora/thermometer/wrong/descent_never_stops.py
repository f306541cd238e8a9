# what: goes on when the loss is infinite
# expect: descent 3
# message: descent "first loss that is not finite"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
