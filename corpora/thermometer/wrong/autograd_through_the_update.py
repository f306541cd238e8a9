# what: the update is part of the graph, and each loss is differentiated through all updates before it
# expect: autograd-descent 3.5
# message: autograd-descent "grows from epoch to epoch"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    params = params.clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        params.retain_grad()
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        loss.backward(retain_graph=True)
        params = params - learning_rate * params.grad
    return params.detach(), losses
