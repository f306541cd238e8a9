# what: the bias before the weights
# expect: closed-form 2.25
# %% closed-form
def least_squares(X, y):
    with_ones = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    solution = torch.linalg.lstsq(with_ones, y.unsqueeze(1)).solution.squeeze(1)
    return solution[-1], solution[:-1]
