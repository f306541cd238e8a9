# what: the mean of the differences, squared
# expect: linear-model 1.25
# message: linear-model "square first"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b


def mse(t_p, t_c):
    return (t_p - t_c).mean() ** 2
