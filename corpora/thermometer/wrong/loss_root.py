# what: the root of the mean square
# expect: linear-model 1.25
# message: linear-model "root of the mean"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b


def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean().sqrt()
