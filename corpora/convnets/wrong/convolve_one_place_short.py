# what: counts the places without the first one, also with a stride
# expect: convolve 3.75
# message: convolve "last place of the kernel"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    padded = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    if kernel.shape[0] > padded.shape[0] or kernel.shape[1] > padded.shape[1]:
        raise ValueError("the kernel is larger than the padded image")
    h, w = kernel.shape
    rows, columns = (padded.shape[0] - h) // stride, (padded.shape[1] - w) // stride
    out = torch.zeros(rows, columns)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            out[i, j] = (padded[top : top + h, left : left + w] * kernel).sum()
    return out
