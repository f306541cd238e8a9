# what: the loss is a Python float, which nobody can differentiate
# expect: linear-model 1.5
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b

def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean().item()
