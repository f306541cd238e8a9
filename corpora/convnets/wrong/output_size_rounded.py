# what: rounded to the nearest instead of down
# expect: output-size <2
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return round((n + 2 * padding - kernel_size) / stride) + 1
