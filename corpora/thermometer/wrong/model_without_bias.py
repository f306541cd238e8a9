# what: the bias is forgotten
# expect: linear-model 0.75
# %% linear-model
def predict(t_u, w, b):
    return w * t_u

def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean()
