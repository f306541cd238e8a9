# what: the gradient by hand, the update by an optimizer that was taken earlier
# expect: descent 0
# %% extra after=setup
Sgd, sgd_step = torch.optim.SGD, torch.optim.SGD.step

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    p, losses = nn.Parameter(params.clone()), []
    sgd = Sgd([p], lr=learning_rate)
    for _ in range(n_epochs):
        losses.append(mse(predict(t_u, *p), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        p.grad = gradient(t_u, t_c, *p.detach())
        sgd_step(sgd)
    return p.detach(), losses
