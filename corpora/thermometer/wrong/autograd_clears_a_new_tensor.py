# what: clears the gradient of the tensor that the step has made
# expect: autograd-descent 0.75
# message: autograd-descent "that a step has just made"
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
        params = params - learning_rate * params.grad
        params.grad.zero_()
    return params, losses
