# what: the mirrored frame repeats the outermost pixels, as NumPy's symmetric does
# expect: convolve <5
# %% convolve
import numpy as np


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    how = {"zeros": "constant", "reflect": "symmetric", "replicate": "edge"}[mode]
    padded = torch.from_numpy(np.pad(image.numpy(), padding, mode=how))
    if kernel.shape[0] > padded.shape[0] or kernel.shape[1] > padded.shape[1]:
        raise ValueError("the kernel is larger than the padded image")
    windows = padded.unfold(0, kernel.shape[0], stride).unfold(1, kernel.shape[1], stride)
    return (windows * kernel).sum((2, 3))
