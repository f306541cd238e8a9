# what: neither padding nor mode
# expect: convolve 0..4
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    h, w = kernel.shape
    H, W = image.shape
    if h > H + 2 * padding or w > W + 2 * padding:
        raise ValueError("kernel does not fit")
    rows = [[(image[i:i + h, j:j + w] * kernel).sum() for j in range(0, W - w + 1, stride)] for i in range(0, H - h + 1, stride)]
    return torch.stack([torch.stack(r) for r in rows])
