# what: parentheses are missing, so that only the kernel's size is divided
# expect: output-size 1
# message: output-size "where is your bracket"
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return n + 2 * padding - kernel_size // stride + 1
