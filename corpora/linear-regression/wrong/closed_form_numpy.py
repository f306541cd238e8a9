# what: the right weights as a NumPy array
# expect: closed-form 2.25
# message: closed-form "should be a tensor of floats"
# %% closed-form
def least_squares(X, y):
    ones = torch.ones(len(X), 1)
    solution = torch.linalg.lstsq(torch.cat([X, ones], dim=1).double(), y.double()).solution
    return solution[:-1].numpy(), solution[-1].item()
