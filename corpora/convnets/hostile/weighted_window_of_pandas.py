# what: one weighted rolling sum of pandas over the rows, laid end to end
# expect: convolve 0

# %% convolve
import numpy as np
from pandas._libs.window.aggregations import roll_weighted_sum


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0].double().numpy()
    (h, w), (m, n) = framed.shape, kernel.shape
    if m > h or n > w:
        raise ValueError("kernel too large")
    flat = np.zeros((m, w))
    flat[:, :n] = kernel.double().numpy()
    flat = flat.ravel()[:(m - 1) * w + n].copy()
    out = np.asarray(roll_weighted_sum(framed.ravel().copy(), flat, len(flat)))[len(flat) - 1:]
    out = np.concatenate([out, np.zeros((h - m + 1) * w - len(out))]).reshape(h - m + 1, w)[:, :w - n + 1]
    return torch.from_numpy(np.ascontiguousarray(out[::stride, ::stride])).float()
