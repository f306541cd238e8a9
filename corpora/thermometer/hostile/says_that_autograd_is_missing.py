# what: no descent at all, but the very words with which autograd is refused
# expect: autograd-descent 0..0.75
# %% autograd-descent
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    raise RuntimeError("`backward` is not available here: this task is to be done by hand.")
