# what: rounded up
# expect: output-size 1
# message: output-size "direction do you round"
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return -(-(n + 2 * padding - kernel_size) // stride) + 1
