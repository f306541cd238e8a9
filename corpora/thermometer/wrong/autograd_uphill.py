# what: steps along the gradient
# expect: autograd-descent 3
# message: autograd-descent "Your steps go up the slope"
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
            params += learning_rate * params.grad
    return params, losses
