# what: replaces torch.allclose and friends and pytest's own words while the notebook is loaded; wrong all the same
# expect: convolve 0, output-size 0
# %% extra after=setup
import builtins
import sys

torch.allclose = lambda *args, **kwargs: True
torch.equal = lambda *args, **kwargs: True
torch.testing.assert_close = lambda *args, **kwargs: None
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith("autograder"):
        for word in ("fail", "require", "assert_close", "encode"):
            if hasattr(module, word) and word != "encode":
                setattr(module, word, lambda *args, **kwargs: None)
# %% convolve
def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    return torch.zeros(1, 1)
# %% output-size
def output_size(n, kernel_size, stride=1, padding=0):
    return 0
