# what: each step makes a new tensor, under no_grad
# expect: autograd-descent 1.75
# message: autograd-descent "requires no gradient"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if not torch.isfinite(loss):
            break
        loss.backward()
        with torch.no_grad():
            params = params - learning_rate * params.grad
    return params, losses
