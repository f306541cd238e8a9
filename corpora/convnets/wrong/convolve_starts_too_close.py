# what: counts by the stride and moves by one
# expect: convolve 4.5
# message: convolve "moves by one pixel"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    padded = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    if kernel.shape[0] > padded.shape[0] or kernel.shape[1] > padded.shape[1]:
        raise ValueError("the kernel is larger than the padded image")
    rows = (padded.shape[0] - kernel.shape[0]) // stride + 1
    columns = (padded.shape[1] - kernel.shape[1]) // stride + 1
    out = torch.zeros(rows, columns)
    for i in range(rows):
        for j in range(columns):
            top, left = i, j
            patch = padded[top : top + kernel.shape[0], left : left + kernel.shape[1]]
            out[i, j] = (patch * kernel).sum()
    return out
