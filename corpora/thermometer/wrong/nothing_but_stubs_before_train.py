# what: the first half is not started, the second half stands on its own
# expect: linear-model 0, numerical-gradient 0, analytic-gradient 0, descent 0
# message: descent "Not started yet"
# %% linear-model
def predict(t_u, w, b):
    raise NotImplementedError

def mse(t_p, t_c):
    raise NotImplementedError

# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    raise NotImplementedError

# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    raise NotImplementedError

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    raise NotImplementedError
