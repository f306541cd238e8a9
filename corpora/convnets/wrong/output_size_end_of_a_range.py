# what: the end of the range is one too small
# expect: output-size 1.5
# message: output-size "first place"
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return len(range(0, n + 2 * padding - kernel_size, stride))
