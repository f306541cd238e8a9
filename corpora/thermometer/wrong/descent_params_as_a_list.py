# what: the right parameters as a list
# expect: descent 3.5
# message: descent "should be a tensor of floats"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    params, losses = params.clone(), []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params.tolist(), losses
