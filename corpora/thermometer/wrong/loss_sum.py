# what: a sum where a mean belongs
# expect: linear-model 0.75
# message: linear-model "a mean or a sum"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b

def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).sum()
