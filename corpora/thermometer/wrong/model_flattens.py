# what: columns of readings lose their shape
# expect: linear-model 1.75
# message: linear-model "shape"
# %% linear-model
def predict(t_u, w, b):
    return (w * t_u + b).flatten()

def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean()
