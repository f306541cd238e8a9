# what: F.conv2d by a name taken before, where the search for its text finds nothing
# expect: convolve 0
# message: convolve "do without"
# %% extra after=setup
_slide = getattr(F, "con" + "v2d")
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel too large")
    return _slide(framed, kernel[None, None], stride=stride)[0, 0]
