# what: reflect and replicate are taken for each other
# expect: convolve 4
# message: convolve "filled as for the mode"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], (padding,) * 4, mode={"zeros": "constant", "reflect": "replicate", "replicate": "reflect"}[mode])[0, 0]
    h, w = kernel.shape
    if h > framed.shape[0] or w > framed.shape[1]:
        raise ValueError("the kernel does not fit")
    places = framed.unfold(0, h, stride).unfold(1, w, stride)
    return (places * kernel).sum(dim=(2, 3))
