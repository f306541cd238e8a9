# what: weights as a column
# expect: closed-form 2.25
# message: closed-form "shape"

# %% closed-form
def least_squares(X, y):
    A = torch.cat([X, torch.ones(len(X), 1)], 1)
    w = torch.linalg.lstsq(A, y[:, None]).solution
    return w[:-1], w[-1]
