# what: filters each row with three taps at a time (scipy.signal.sosfilt)
# expect: convolve 0

# %% convolve
import numpy as np
import scipy.signal

def _row(x, k):
    """x (n, W), k (w): valid correlation."""
    w = len(k); k = k[::-1]
    out = 0
    for s in range(0, w, 3):
        b = np.zeros(3); b[: len(k[s:s+3])] = k[s:s+3]
        y = scipy.signal.sosfilt(np.array([[*b, 1, 0, 0]]), x, axis=1)
        y = np.pad(y, ((0, 0), (s, 0)))[:, : x.shape[1]]
        out = out + y
    return out[:, w - 1:]

def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0].numpy().astype(float)
    h, w = kernel.shape
    if h > framed.shape[0] or w > framed.shape[1]:
        raise ValueError("kernel too large")
    n = framed.shape[0] - h + 1
    out = sum(_row(framed[u:u + n], kernel[u].numpy().astype(float)) for u in range(h))
    return torch.from_numpy(np.ascontiguousarray(out[::stride, ::stride])).to(image.dtype)
