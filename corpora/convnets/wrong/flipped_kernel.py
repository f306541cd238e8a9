# what: turns the kernel around; the box is a sum; the size forgets the first place
# expect: convolve <5, kernels 3.25, output-size <2
# message: convolve "turned around"
# message: kernels "mean of the nine"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    padded = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    if kernel.shape[0] > padded.shape[0] or kernel.shape[1] > padded.shape[1]:
        raise ValueError("kernel too large")
    windows = padded.unfold(0, kernel.shape[0], stride).unfold(1, kernel.shape[1], stride)
    return (windows * kernel.flip(0, 1)).sum((2, 3))
# %% kernels
def make_kernel(name):
    sobel = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.ones(3, 3),
        "sharpen": torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "horizontal_edges": sobel,
        "vertical_edges": sobel.T,
    }[name]
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding - kernel_size) // stride
