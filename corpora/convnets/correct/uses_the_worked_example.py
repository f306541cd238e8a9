# what: `slide`, from the worked example above the task, once for each row of the kernel
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    if mode not in ("zeros", "reflect", "replicate"):
        raise ValueError(f"mode {mode!r} is unknown")
    fill = "constant" if mode == "zeros" else mode
    padded = F.pad(image[None, None], (padding,) * 4, mode=fill)[0, 0]
    h, w = kernel.shape
    if h > padded.shape[0] or w > padded.shape[1]:
        raise ValueError("kernel is larger than the padded image")
    return torch.stack([
        sum(slide(padded[top + i], kernel[i], stride) for i in range(h))
        for top in range(0, padded.shape[0] - h + 1, stride)
    ])
