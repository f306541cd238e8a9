# what: absolute errors
# expect: linear-model 0.75
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b

def mse(t_p, t_c):
    return (t_p - t_c).abs().mean()
