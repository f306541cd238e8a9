# what: the blur is divided by the length of its side
# expect: kernels 3.25
# message: kernels "three times the mean"
# %% kernels
def make_kernel(name):
    sobel = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.ones(3, 3) / 3,
        "sharpen": torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "horizontal_edges": sobel,
        "vertical_edges": sobel.T,
    }[name]
