# what: the weight and the bias as floats
# expect: linear-model 1.5
# message: linear-model "does not remember"
# %% linear-model
def predict(t_u, w, b):
    return float(w) * t_u + float(b)


def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean()
