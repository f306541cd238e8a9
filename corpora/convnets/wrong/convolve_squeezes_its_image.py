# what: drops a channel that is not there: an image of one column becomes one row
# expect: convolve 4
# message: convolve "larger than the padded image"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    image = image.squeeze()
    image = image if image.dim() == 2 else image[None]
    if padding:
        fill = "constant" if mode == "zeros" else mode
        image = F.pad(image[None, None], (padding,) * 4, mode=fill)[0, 0]
    h, w = kernel.shape
    if h > image.shape[0] or w > image.shape[1]:
        raise ValueError("the kernel is larger than the padded image")
    return (image.unfold(0, h, stride).unfold(1, w, stride) * kernel).sum(dim=(2, 3))
