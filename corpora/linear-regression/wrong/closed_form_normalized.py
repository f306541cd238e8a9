# what: the normal equations, the right side divided by n
# expect: closed-form 0.75
# %% closed-form
def least_squares(X, y):
    with_ones = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    solution = torch.linalg.solve(with_ones.T @ with_ones, with_ones.T @ y / len(y))
    return solution[:-1], solution[-1]
