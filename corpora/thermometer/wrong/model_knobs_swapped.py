# what: weight and bias change places; the descents that use it are judged with a right line
# expect: linear-model 1.5
# message: linear-model "Weight and bias have changed places"
# %% linear-model
def predict(t_u, w, b):
    return b * t_u + w

def mse(t_p, t_c):
    return ((t_p - t_c) ** 2).mean()
