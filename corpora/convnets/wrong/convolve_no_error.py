# what: a kernel that does not fit gives an empty tensor
# expect: convolve 4.5
# message: convolve "raises nothing|raises"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], (padding,) * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    h, w = kernel.shape
    if h > framed.shape[0] or w > framed.shape[1]:
        return torch.zeros(0, 0)
    places = framed.unfold(0, h, stride).unfold(1, w, stride)
    return (places * kernel).sum(dim=(2, 3))
