# what: with the padding that keeps the size, the size over the stride is rounded down
# expect: output-size <2
# message: output-size "which direction|bracket|rounded"
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    if 2 * padding == kernel_size - 1:
        return n // stride
    return (n + 2 * padding - kernel_size) // stride + 1
