# what: the readings are divided by ten inside the function, although the caller decides about that
# expect: autograd-descent 2
# message: autograd-descent "divides the readings by 10"
# %% autograd-descent
def descend_autograd(
    t_u: torch.Tensor, t_c: torch.Tensor, params: torch.Tensor, learning_rate: float, n_epochs: int
) -> tuple[torch.Tensor, list[float]]:
    t_un = 0.1 * t_u  # normalised, so that it does not blow up
    params = params.detach().clone().requires_grad_()
    losses = []
    for epoch in range(1, n_epochs + 1):
        if params.grad is not None:
            params.grad.zero_()
        loss = mse(predict(t_un, *params), t_c)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        loss.backward()
        with torch.no_grad():
            params -= learning_rate * params.grad
    return params, losses
