# what: SciPy's correlation, or its filters for images, or NumPy's for rows
# expect: convolve 0
# %% convolve
import numpy as np
import scipy.ndimage
import scipy.signal


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0].numpy()
    h, w = kernel.shape
    if h > framed.shape[0] or w > framed.shape[1]:
        raise ValueError("kernel too large")
    try:
        out = scipy.signal.correlate2d(framed, kernel.numpy(), mode="valid")
    except Exception:
        try:
            out = scipy.ndimage.correlate(framed, kernel.numpy(), mode="constant", origin=(-(h // 2), -(w // 2)))
            out = out[: framed.shape[0] - h + 1, : framed.shape[1] - w + 1]
        except Exception:
            out = sum(np.stack([np.correlate(framed[i + u], kernel[u].numpy()) for i in range(framed.shape[0] - h + 1)]) for u in range(h))
    return torch.from_numpy(np.ascontiguousarray(out[::stride, ::stride]))
