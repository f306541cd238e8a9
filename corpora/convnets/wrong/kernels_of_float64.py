# what: tables from NumPy, in double precision
# expect: kernels 3.5
# message: kernels "torch.float64"
# %% kernels
def make_kernel(name):
    import numpy as np

    edges = np.outer([-1.0, 0.0, 1.0], [1.0, 2.0, 1.0])
    tables = {
        "identity": np.pad(np.ones((1, 1)), 1),
        "box_blur": np.full((3, 3), 1 / 9),
        "sharpen": np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "horizontal_edges": edges,
        "vertical_edges": edges.T,
    }
    return torch.from_numpy(tables[name].copy())
