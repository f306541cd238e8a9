# what: gradients are never cleared
# expect: autograd-descent 3.5
# message: autograd-descent "This is what you get without clearing the gradients"
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
        with torch.no_grad():
            params -= learning_rate * params.grad
    return params, losses
