# what: the operator itself, below torch.nn.functional
# expect: convolve 0
# %% convolve
_operator = torch.ops.aten.convolution.default


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel too large")
    return _operator(framed, kernel[None, None], None, [stride] * 2, [0, 0], [1, 1], False, [0, 0], 1)[0, 0]
