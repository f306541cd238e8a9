# what: absolute errors
# expect: linear-model 1.25
# message: linear-model "This is the mean of the absolute values"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b

def mse(t_p, t_c):
    return (t_p - t_c).abs().mean()
