# what: starts at the example's parameters, not at those that are passed in
# expect: descent 2.75
# message: descent "starts at [1, 0]"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    params, losses = torch.tensor([1.0, 0.0]), []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * gradient(t_u, t_c, *params)
    return params, losses
