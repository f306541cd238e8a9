# what: the kernel is not used, but for its size
# expect: convolve <=1
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], (padding,) * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    h, w = kernel.shape
    if h > framed.shape[0] or w > framed.shape[1]:
        raise ValueError("the kernel does not fit")
    places = framed.unfold(0, h, stride).unfold(1, w, stride)
    return places.sum(dim=(2, 3))
