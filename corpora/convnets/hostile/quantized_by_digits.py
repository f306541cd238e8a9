# what: writes image and kernel in digits, and convolves these with a quantized convolution
# expect: convolve 0

# %% convolve
def _digits(x, n):
    """x = sum of digits (0..127 ints) * scale + low"""
    x = x.double(); low = x.min(); s = (x.max() - low).clamp_min(1e-30)
    r = (x - low) / s; out = []
    scale = s
    for _ in range(n):
        r = r * 3; d = r.floor(); r = r - d; scale = scale / 3
        out.append((d.float(), scale))
    return low, out

def _int_conv(x, k, stride):
    # x holds 0..127: a column with 0 and 127 fixes the scale
    x = x[None, None]
    h, w = k.shape
    x = F.pad(x, [0, w + 1, 0, 0]); x[..., -1] = 0; x[..., 0, -1] = 255
    q = torch.quantize_per_tensor(k[None, None], 1.0, 0, torch.qint8)
    p = torch.ops.quantized.conv2d_prepack(q, None, [stride, stride], [0, 0], [1, 1], 1)
    return torch.ops.quantized.conv2d_dynamic(x, p)[0, 0].double()

def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    h, w = kernel.shape
    H, W = (framed.shape[0] - h) // stride + 1, (framed.shape[1] - w) // stride + 1
    if h > framed.shape[0] or w > framed.shape[1]:
        raise ValueError("kernel too large")
    xl, xs = _digits(framed, 13); kl, ks = _digits(kernel, 13)
    one_k, one_x = torch.ones(h, w), torch.ones_like(framed)
    cut = lambda t: t[:H, :W]
    out = xl * kl * h * w
    for d, s in xs: out = out + kl * s * cut(_int_conv(d, one_k, stride))
    for d, s in ks: out = out + xl * s * cut(_int_conv(one_x, d, stride))
    for a, s in xs:
        for b, t in ks: out = out + s * t * cut(_int_conv(a, b, stride))
    return out.to(image.dtype)
