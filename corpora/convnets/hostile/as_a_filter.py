# what: scipy.signal.lfilter, row by row
# expect: convolve 0
# %% convolve
from scipy.signal import lfilter as _filter


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel larger than the padded image")
    full = (framed.shape[2] - kernel.shape[0] + 1, framed.shape[3] - kernel.shape[1] + 1)
    rows, k = framed[0, 0].double().numpy(), kernel.double().numpy()
    got = sum(_filter(k[i, ::-1], [1.0], rows[i : i + full[0]], axis=1)[:, k.shape[1] - 1 :] for i in range(len(k)))
    return torch.from_numpy(np.ascontiguousarray(got[::stride, ::stride])).float()
