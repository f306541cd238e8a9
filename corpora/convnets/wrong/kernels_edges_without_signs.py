# what: edge kernels without their minus signs
# expect: kernels 2
# message: kernels "uniform area"
# %% kernels
def make_kernel(name):
    sobel = torch.tensor([[1.0, 2, 1], [0, 0, 0], [1, 2, 1]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.ones(3, 3) / 9,
        "sharpen": torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "horizontal_edges": sobel,
        "vertical_edges": sobel.T,
    }[name]
