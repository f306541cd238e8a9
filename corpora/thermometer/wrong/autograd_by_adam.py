# what: Adam takes the steps
# expect: autograd-descent 3
# message: autograd-descent "the size of the rate"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    adam = torch.optim.Adam([params], lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        params.grad = None
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        loss.backward()
        adam.step()
    return params, losses
