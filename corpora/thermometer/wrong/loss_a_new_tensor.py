# what: a new tensor of the number, which remembers nothing
# expect: linear-model 1.5
# message: linear-model "does not remember"
# %% linear-model
def predict(t_u, w, b):
    return w * t_u + b


def mse(t_p, t_c):
    return torch.tensor(((t_p - t_c) ** 2).mean().item())
