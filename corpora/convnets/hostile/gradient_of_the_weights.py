# what: torch.nn.grad.conv2d_weight, a convolution under another name
# expect: convolve 0
# %% convolve
import torch.nn.grad


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel larger than the padded image")
    full = (framed.shape[2] - kernel.shape[0] + 1, framed.shape[3] - kernel.shape[1] + 1)
    got = torch.nn.grad.conv2d_weight(framed, (1, 1, *full), kernel[None, None])
    return got[0, 0, ::stride, ::stride].contiguous()
