# what: autograd under other names, taken at the top of the notebook, in both tasks by hand
# expect: analytic-gradient 0, descent 0
# %% extra after=setup
from torch.autograd import grad as slope_of
pull = torch.Tensor.backward

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    p = torch.stack([w, b]).detach().requires_grad_()
    return slope_of(((p[0] * t_u + p[1] - t_c) ** 2).mean(), p)[0]

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    p, losses = params.clone().requires_grad_(), []
    for _ in range(n_epochs):
        p.grad = None
        loss = ((p[0] * t_u + p[1] - t_c) ** 2).mean()
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        pull(loss)
        p.data -= learning_rate * p.grad
    return p, losses
