# what: the frame on one side
# expect: output-size 1.5
# message: output-size "both sides"
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return (n + padding - kernel_size) // stride + 1
