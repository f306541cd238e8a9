# what: PyTorch's spread
# expect: steady 0
# message: steady "PyTorch's own"
# %% steady
def steady_std(activation, width, seed):
    return (3 * width) ** -0.5
