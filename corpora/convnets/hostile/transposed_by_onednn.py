# what: a transposed convolution of oneDNN with a flipped kernel, cropped
# expect: convolve 0
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    padded = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    h, w = kernel.shape
    full = torch.ops.mkldnn._convolution_transpose_pointwise(
        padded.float(), kernel.flip(0, 1)[None, None].float(), None, [0, 0], [0, 0], [1, 1], [1, 1], 1, "none", [], ""
    )
    return full[0, 0, h - 1 : padded.shape[2] : stride, w - 1 : padded.shape[3] : stride]
