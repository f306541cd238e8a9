# what: subtracts the mean of all numbers
# expect: center 1
# message: center "one mean, of all numbers"
# %% center
def center(points):
    return points - points.mean()
