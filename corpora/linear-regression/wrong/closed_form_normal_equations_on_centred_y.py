# what: y is centred, X is not, and no column of ones: the intercept is the mean of y
# expect: closed-form 0.75
# %% closed-form
def least_squares(X, y):
    b = y.mean()
    w = torch.linalg.pinv(X) @ (y - b)
    return w, b
