# what: a tensor of integers
# expect: kernels 3.5
# message: kernels "tensor of floats"
# %% kernels
KERNELS = {
    "identity": [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
    "box_blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]],
    "horizontal_edges": [[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]],
    "vertical_edges": [[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]],
}


def make_kernel(name):
    return torch.tensor(KERNELS[name]).long() if name != 'box_blur' else torch.tensor(KERNELS[name])
