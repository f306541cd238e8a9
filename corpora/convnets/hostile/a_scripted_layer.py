# what: a convolution compiled by TorchScript at load
# expect: convolve 0
# %% convolve
@torch.jit.script
def _slide(x: torch.Tensor, w: torch.Tensor, stride: int):
    return torch.nn.functional.conv2d(x, w, stride=stride)



def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel larger than the padded image")
    full = (framed.shape[2] - kernel.shape[0] + 1, framed.shape[3] - kernel.shape[1] + 1)
    return _slide(framed, kernel[None, None], stride)[0, 0]
