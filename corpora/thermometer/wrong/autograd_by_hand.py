# what: the descent by hand once more
# expect: autograd-descent 3.25
# message: autograd-descent "without autograd"
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    return descend(t_u, t_c, params, learning_rate, n_epochs)
