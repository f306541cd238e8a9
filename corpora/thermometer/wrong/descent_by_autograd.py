# what: both descents are the one with autograd
# expect: descent 0
# message: descent "by hand"
# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    return descend_autograd(t_u, t_c, params, learning_rate, n_epochs)
