# what: a kernel of the convolution, fetched from the dispatcher at load
# expect: convolve 0
# %% convolve
_kernel = torch.library.get_kernel("aten::_slow_conv2d_forward", "CPU")
_cpu = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel larger than the padded image")
    full = (framed.shape[2] - kernel.shape[0] + 1, framed.shape[3] - kernel.shape[1] + 1)
    size = list(kernel.shape)
    return _kernel.call_boxed(_cpu, framed, kernel[None, None], size, None, [stride] * 2, [0, 0])[0, 0]
