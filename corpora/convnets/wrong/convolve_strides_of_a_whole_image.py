# what: windows with the strides of an image that is whole in memory, which a part of a larger one is not
# expect: convolve 4.5
# message: convolve "a part of a larger image"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    if padding:
        fill = "constant" if mode == "zeros" else mode
        image = F.pad(image[None, None], (padding,) * 4, mode=fill)[0, 0]
    (rows, columns), (h, w) = image.shape, kernel.shape
    if h > rows or w > columns:
        raise ValueError("the kernel is larger than the padded image")
    places = ((rows - h) // stride + 1, (columns - w) // stride + 1)
    windows = image.as_strided((*places, h, w), (stride * columns, stride, columns, 1))
    return (windows * kernel).sum(dim=(2, 3))
