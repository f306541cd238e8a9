# what: one number so large that every size is lost in it
# expect: output-size 0
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return 1e300
