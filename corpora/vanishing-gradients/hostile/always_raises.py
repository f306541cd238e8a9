# what: a ValueError for every name
# expect: derivatives 0

# %% derivatives
def activation_derivative(name, s):
    raise ValueError("name")
