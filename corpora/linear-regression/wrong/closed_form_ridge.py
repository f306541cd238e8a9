# what: a penalty that nobody asked for
# expect: closed-form 0.75

# %% closed-form
def least_squares(X, y):
    A = torch.cat([X, torch.ones(len(X), 1)], 1)
    w = torch.linalg.solve(A.T @ A + torch.eye(A.shape[1]), A.T @ y)
    return w[:-1], w[-1]
