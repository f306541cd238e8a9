# what: half the learning rate
# expect: autograd-descent 3
# message: autograd-descent "The step has the right direction, not the right size"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        params.grad = None
        loss.backward()
        with torch.no_grad():
            params -= 0.5 * learning_rate * params.grad
    return params, losses
