# what: works only when the caller's tensor requires a gradient already
# expect: autograd-descent 0.75
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    losses = []
    for _ in range(n_epochs):
        if params.grad is not None:
            params.grad.zero_()
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        loss.backward()
        with torch.no_grad():
            params -= learning_rate * params.grad
    return params, losses
