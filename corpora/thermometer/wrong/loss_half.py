# what: half of the mean square, as in some textbooks
# expect: linear-model 1.25
# message: linear-model "half of the mean"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b


def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean() / 2
