# what: the one is added before the division
# expect: output-size 1
# message: output-size "bracket"
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding - kernel_size + 1) // stride
