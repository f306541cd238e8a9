# what: the frame is always black; edge kernels are exchanged; sizes are rounded up; the trace follows the definition
# expect: convolve <5, kernels <4, output-size <2, trace <4
# message: kernels "run the other way"
# message: trace "order in which|runs twice|not the leaf"
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    padded = F.pad(image, [padding] * 4)
    if kernel.shape[0] > padded.shape[0] or kernel.shape[1] > padded.shape[1]:
        raise ValueError("kernel too large")
    windows = padded.unfold(0, kernel.shape[0], stride).unfold(1, kernel.shape[1], stride)
    return (windows * kernel).sum((2, 3))
# %% kernels
def make_kernel(name):
    sobel = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.ones(3, 3) / 9,
        "sharpen": torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "horizontal_edges": sobel.T,
        "vertical_edges": sobel,
    }[name]
# %% output-size
import math


def output_size(n, kernel_size, stride=1, padding=0):
    return math.ceil((n + 2 * padding - kernel_size) / stride) + 1
# %% trace
def trace_shapes(network, input_shape):
    shapes = {}
    modes = [(m, m.training) for m in network.modules()]
    handles = []
    for name, module in network.named_modules():
        if not list(module.children()):
            handles.append(
                module.register_forward_hook(lambda m, i, o, name=name: shapes.update({name: tuple(o.shape)}))
            )
    network.eval()
    network(torch.zeros(input_shape))
    for h in handles:
        h.remove()
    for m, mode in modes:
        m.training = mode
    order = [name for name, module in network.named_modules() if not list(module.children())]
    return [(name, shapes.get(name, ())) for name in order]
