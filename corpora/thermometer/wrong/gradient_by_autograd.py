# what: autograd in the place of the derivation
# expect: analytic-gradient 0
# message: analytic-gradient "by hand"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    params = torch.stack([w, b]).detach().requires_grad_()
    mse(predict(t_u, *params), t_c).backward()
    return params.grad
