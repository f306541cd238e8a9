# what: after the first update the parameters are no leaf any more
# expect: autograd-descent 1.75
# message: autograd-descent "no leaf any more"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        loss.backward()
        params = params - learning_rate * params.grad
    return params, losses
