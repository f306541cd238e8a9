# what: torchvision.ops.deform_conv2d without any deformation
# expect: convolve 0
# %% convolve
import torchvision as _tv

_slide = _tv.ops.deform_conv2d


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel larger than the padded image")
    full = (framed.shape[2] - kernel.shape[0] + 1, framed.shape[3] - kernel.shape[1] + 1)
    out = [(framed.shape[2 + d] - kernel.shape[d]) // stride + 1 for d in (0, 1)]
    offset = torch.zeros(1, 2 * kernel.numel(), *out)
    return _slide(framed, offset, kernel[None, None], stride=stride)[0, 0]
