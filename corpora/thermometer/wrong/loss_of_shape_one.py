# what: the loss is a list of one number
# expect: linear-model 1.75
# message: linear-model "a tensor of shape ()"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b


def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean().reshape(1)
