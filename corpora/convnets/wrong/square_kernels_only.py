# what: takes kernels to be square and says nothing when one does not fit; a Laplacian for both edges; true division
# expect: convolve <5, kernels 2, output-size <2, trace <4
# message: output-size "whole"
# message: trace "mode"
# message: convolve "should raise a ValueError"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    padded = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)[0, 0]
    k = kernel.shape[0]
    rows = range(0, padded.shape[0] - k + 1, stride)
    columns = range(0, padded.shape[1] - k + 1, stride)
    out = torch.zeros(len(rows), len(columns))
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            out[i, j] = (padded[r : r + k, c : c + k] * kernel).sum()
    return out
# %% kernels
def make_kernel(name):
    laplacian = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.ones(3, 3) / 9,
        "sharpen": torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "horizontal_edges": laplacian,
        "vertical_edges": laplacian,
    }[name]
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return (n + 2 * padding - kernel_size) / stride + 1
# %% trace
def trace_shapes(network, input_shape):
    rows, handles = [], []
    for name, module in network.named_modules():
        if not list(module.children()):
            handles.append(module.register_forward_hook(lambda m, i, o, name=name: rows.append((name, tuple(o.shape)))))
    network.eval()
    network(torch.zeros(input_shape))
    for h in handles:
        h.remove()
    network.train()
    return rows
