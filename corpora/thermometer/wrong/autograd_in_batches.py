# what: an update for each batch of 100 readings
# expect: autograd-descent 3.5
# message: autograd-descent "over all readings"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        for u, c in zip(t_u.split(100), t_c.split(100)):
            params.grad = None
            mse(predict(u, *params), c).backward()
            with torch.no_grad():
                params -= learning_rate * params.grad
    return params, losses
