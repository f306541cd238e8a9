# what: the mean of the losses instead of their list
# expect: autograd-descent 2.25
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
            params -= learning_rate * params.grad
    return params, sum(losses) / len(losses)
