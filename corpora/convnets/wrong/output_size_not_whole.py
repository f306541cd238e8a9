# what: true division
# expect: output-size 1
# message: output-size "whole"
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding - kernel_size) / stride + 1
