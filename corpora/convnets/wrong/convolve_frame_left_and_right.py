# what: F.pad with two widths: left and right alone
# expect: convolve 3.25..4.5
# message: convolve "on the left and on the right"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], (padding, padding), mode="constant" if mode == "zeros" else mode)[0, 0]
    h, w = kernel.shape
    if h > framed.shape[0] or w > framed.shape[1]:
        raise ValueError("the kernel does not fit")
    places = framed.unfold(0, h, stride).unfold(1, w, stride)
    return (places * kernel).sum(dim=(2, 3))
