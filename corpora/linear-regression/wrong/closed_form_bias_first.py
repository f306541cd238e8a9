# what: the bias is taken for a weight
# expect: closed-form 2

# %% closed-form
def least_squares(X, y):
    A = torch.cat([torch.ones(len(X), 1), X], 1)
    w = torch.linalg.lstsq(A, y[:, None]).solution[:, 0]
    return w[:-1], w[-1]
