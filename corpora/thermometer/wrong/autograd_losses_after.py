# what: the loss after each update
# expect: autograd-descent 3
# message: autograd-descent "This is the loss after the update"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        loss = mse(predict(t_u, *params), t_c)
        pass
        params.grad = None
        loss.backward()
        with torch.no_grad():
            params -= learning_rate * params.grad
        losses.append(mse(predict(t_u, *params), t_c).item())
        if not math.isfinite(losses[-1]):
            break
    return params, losses
