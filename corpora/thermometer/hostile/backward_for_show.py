# what: the gradient by hand, and a backward whose result nobody reads: behaviour cannot tell it from the real thing
# expect: autograd-descent 4
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    torch.zeros(1, requires_grad=True).sum().backward()
    return descend(t_u, t_c, params, learning_rate, n_epochs)
