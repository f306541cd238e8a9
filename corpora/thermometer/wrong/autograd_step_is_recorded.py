# what: the step in place, without no_grad
# expect: autograd-descent 0.75
# message: autograd-descent "records your step"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        params.grad = None
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        loss.backward()
        params -= learning_rate * params.grad
    return params, losses
