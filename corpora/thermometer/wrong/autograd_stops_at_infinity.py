# what: compares the loss with infinity, and a loss that is no number goes on
# expect: autograd-descent 3.25
# message: autograd-descent "a loss that is not a number"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if losses[-1] == float("inf"):
            break
        params.grad = None
        loss.backward()
        with torch.no_grad():
            params -= learning_rate * params.grad
    return params, losses
