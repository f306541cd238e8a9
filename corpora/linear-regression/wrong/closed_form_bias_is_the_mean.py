# what: right only for centred features
# expect: closed-form 2

# %% closed-form
def least_squares(X, y):
    Xc = X - X.mean(0)
    w = torch.linalg.lstsq(Xc, (y - y.mean())[:, None]).solution[:, 0]
    return w, y.mean()
