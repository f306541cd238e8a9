# what: rows convolved by NumPy, beneath its public name
# expect: convolve 0
# %% convolve
_slide = np._core.multiarray.correlate


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel larger than the padded image")
    full = (framed.shape[2] - kernel.shape[0] + 1, framed.shape[3] - kernel.shape[1] + 1)
    rows = framed[0, 0].double().numpy()
    got = sum(
        np.stack([_slide(rows[i + r], kernel[i].double().numpy(), 0) for r in range(full[0])])
        for i in range(kernel.shape[0])
    )
    return torch.from_numpy(got[::stride, ::stride].copy()).float()
