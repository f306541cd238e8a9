# what: an nn.Conv3d and a transposed convolution made when the notebook is loaded, whichever still works
# expect: convolve 0
# %% convolve
_layer = nn.Conv3d(1, 1, 3, bias=False)


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel too large")
    _layer.weight = nn.Parameter(kernel[None, None, None])
    _layer.stride = (1, stride, stride)
    try:
        return _layer(framed[None])[0, 0, 0].detach()
    except Exception:
        turned = F.conv_transpose2d(framed, kernel.flip(0, 1)[None, None])[0, 0]
        h, w = kernel.shape
        return turned[h - 1 : framed.shape[2] : stride, w - 1 : framed.shape[3] : stride]
