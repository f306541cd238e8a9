# what: the row over the stride
# expect: output-size <2
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding) // stride
