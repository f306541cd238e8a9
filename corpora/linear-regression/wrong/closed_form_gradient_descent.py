# what: a hundred steps of descent
# expect: closed-form 0.75

# %% closed-form
def least_squares(X, y):
    w, b = torch.zeros(X.shape[1]), torch.tensor(0.0)
    for _ in range(100):
        e = X @ w + b - y
        w = w - 0.02 * X.T @ e / len(y)
        b = b - 0.02 * e.mean()
    return w, b
