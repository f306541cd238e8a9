# what: horizontal and vertical are taken for each other
# expect: kernels 3
# message: kernels "run the other way"
# %% kernels
KERNELS = {
    "identity": [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
    "box_blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]],
    "horizontal_edges": [[-1.0, 0.0, 1.0]] * 3,
    "vertical_edges": [[-1.0] * 3, [0.0] * 3, [1.0] * 3],
}


def make_kernel(name):
    return torch.tensor(KERNELS[name])
