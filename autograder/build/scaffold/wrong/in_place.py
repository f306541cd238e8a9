# what: moves the points that it was given
# expect: center 2.5
# message: center "changes its argument"
# %% center
def center(points):
    points -= points.mean(dim=0)
    return points
