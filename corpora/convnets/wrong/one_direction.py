# what: strides along rows only; sharpen without neighbours; padding on one side; lists containers, too
# expect: convolve <5, kernels 3.25, output-size <2, trace <4
# message: kernels "neighbours"
# message: trace "hold others"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    padded = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    if kernel.shape[0] > padded.shape[0] or kernel.shape[1] > padded.shape[1]:
        raise ValueError("kernel too large")
    windows = padded.unfold(0, kernel.shape[0], stride).unfold(1, kernel.shape[1], 1)
    return (windows * kernel).sum((2, 3))
# %% kernels
def make_kernel(name):
    sobel = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.ones(3, 3) / 9,
        "sharpen": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "horizontal_edges": sobel,
        "vertical_edges": sobel.T,
    }[name]
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return (n + padding - kernel_size) // stride + 1
# %% trace
def trace_shapes(network, input_shape):
    rows, handles = [], []
    modes = [(m, m.training) for m in network.modules()]
    for name, module in network.named_modules():
        handles.append(module.register_forward_hook(lambda m, i, o, name=name: rows.append((name, tuple(o.shape)))))
    network.eval()
    network(torch.zeros(input_shape))
    for h in handles:
        h.remove()
    for m, mode in modes:
        m.training = mode
    return rows
