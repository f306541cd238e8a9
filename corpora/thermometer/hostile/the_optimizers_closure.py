# what: an optimizer whose closure differentiates
# expect: analytic-gradient 0
# %% analytic-gradient
_SGD = torch.optim.SGD


def gradient(t_u, t_c, w, b):
    p = torch.stack([w.reshape(()), b.reshape(())]).detach().requires_grad_()
    ((p[0] * t_u + p[1] - t_c) ** 2).mean().backward()
    return p.grad
