# what: the bias is forgotten
# expect: linear-model 1.5
# message: linear-model "The bias is missing"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u

def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean()
