# what: differences along the diagonal, which answer both kinds of edges
# expect: kernels 2
# message: kernels "also responds to edges"
# %% kernels
def make_kernel(name):
    sobel = torch.tensor([[-1.0, 0, 0], [0, 0, 0], [0, 0, 1]])
    return {
        "identity": torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "box_blur": torch.ones(3, 3) / 9,
        "sharpen": torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "horizontal_edges": sobel,
        "vertical_edges": sobel.T,
    }[name]
