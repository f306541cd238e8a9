# what: the mean over the rows alone
# expect: linear-model 1.25
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b

def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean(dim=0)
