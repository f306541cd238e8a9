# what: the frame is forgotten
# expect: output-size <2
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return (n - kernel_size) // stride + 1
