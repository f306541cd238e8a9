# what: no column of ones
# expect: closed-form 2
# message: closed-form "append a column of ones"

# %% closed-form
def least_squares(X, y):
    w = torch.linalg.lstsq(X, y[:, None]).solution[:, 0]
    return w, torch.tensor(0.0)
