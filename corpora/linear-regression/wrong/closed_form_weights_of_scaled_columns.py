# what: X is standardized first, and the weights and bias returned belong to the scaled columns
# expect: closed-form 0.75
# message: closed-form "weights of scaled columns"
# %% closed-form
def least_squares(X, y):
    mean, std = X.mean(dim=0), X.std(dim=0)
    Xs = (X - mean) / std
    A = torch.cat([Xs, torch.ones(len(Xs), 1)], dim=1)
    s = torch.linalg.lstsq(A, y.unsqueeze(1)).solution.squeeze(1)
    return s[:-1], s[-1]
