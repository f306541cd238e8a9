# what: the loss is computed where nothing is tracked
# expect: autograd-descent 0.75
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    with torch.no_grad():
        for _ in range(n_epochs):
            loss = mse(predict(t_u, *params), t_c)
            losses.append(loss.item())
            if not math.isfinite(losses[-1]):
                break
            loss.backward()
            params -= learning_rate * params.grad
            params.grad.zero_()
    return params, losses
