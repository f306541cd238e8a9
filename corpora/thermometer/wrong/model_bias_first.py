# what: adds the bias before it multiplies
# expect: linear-model 1.5
# message: linear-model "before the weight multiplies"
# %% linear-model
def predict(t_u, w, b):
    return w * (t_u + b)


def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean()
