# what: takes no stride above 2
# expect: convolve 4.5
# message: convolve "shape"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], (padding,) * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    h, w = kernel.shape
    if h > framed.shape[0] or w > framed.shape[1]:
        raise ValueError("the kernel does not fit")
    places = framed.unfold(0, h, min(stride, 2)).unfold(1, w, min(stride, 2))
    return (places * kernel).sum(dim=(2, 3))
