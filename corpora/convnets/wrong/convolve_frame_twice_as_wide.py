# what: the frame is twice as wide
# expect: convolve 4.25
# message: convolve "twice as wide"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], (2 * padding,) * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    h, w = kernel.shape
    if h > image.shape[0] + 2 * padding or w > image.shape[1] + 2 * padding:
        raise ValueError("the kernel does not fit")
    places = framed.unfold(0, h, stride).unfold(1, w, stride)
    return (places * kernel).sum(dim=(2, 3))
