# what: no column of ones, and the last weight is called the bias
# expect: closed-form 1.25
# message: closed-form "append a column of ones"
# %% closed-form
def least_squares(X, y):
    solution = torch.linalg.lstsq(X, y[:, None]).solution.squeeze(1)
    return solution[:-1], solution[-1]
