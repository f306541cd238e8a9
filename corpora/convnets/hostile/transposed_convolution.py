# what: conv_transpose2d of the turned kernel
# expect: convolve 0
# %% convolve


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel larger than the padded image")
    full = (framed.shape[2] - kernel.shape[0] + 1, framed.shape[3] - kernel.shape[1] + 1)
    got = F.conv_transpose2d(framed, kernel.flip(0, 1)[None, None])[0, 0]
    got = got[kernel.shape[0] - 1 :, kernel.shape[1] - 1 :][: full[0], : full[1]]
    return got[::stride, ::stride].contiguous()
