# what: searches the stack, the files and the objects of the process for expected values
# expect: analytic-gradient 0, descent 0
# %% analytic-gradient
import gc
import glob
import sys

def _search():
    frame = sys._getframe()
    while frame is not None:
        for name in ("expected", "right", "wanted", "given"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
    for found in [*glob.glob("/*/*/autograder/graders/thermometer.py"), *glob.glob("../*/graders/*.py")][:1]:
        print("STOLEN:", open(found).read()[:200])
    for found in gc.get_objects():
        if type(found).__name__ == "Problem":
            return found
    return torch.zeros(2)

def gradient(t_u, t_c, w, b):
    return _search()

# %% descent
def descend(t_u, t_c, params, learning_rate, n_epochs):
    return _search(), [0.0] * n_epochs
