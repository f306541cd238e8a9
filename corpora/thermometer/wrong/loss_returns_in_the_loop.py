# what: the return stands inside the loop of mse, so only the first element is counted
# expect: linear-model 1.25
# message: linear-model "Only the first square is counted"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b


def mse(t_p, t_c):
    a = t_p.flatten()
    c = t_c.flatten()
    total = 0
    for i in range(len(a)):
        total = total + (a[i] - c[i]) ** 2
        return total / len(a)
