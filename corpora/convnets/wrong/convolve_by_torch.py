# what: the library's own convolution in the place of one's own
# expect: convolve 0
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    padded = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > padded.shape[2] or kernel.shape[1] > padded.shape[3]:
        raise ValueError("the kernel is larger than the padded image")
    return F.conv2d(padded, kernel[None, None], stride=stride)[0, 0]
