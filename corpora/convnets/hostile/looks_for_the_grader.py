# what: searches the machine for graders and solutions and would run what it finds
# expect: convolve 0, trace 0
# %% convolve
import glob
import os
import pathlib
import sys


def found(pattern):
    places = [pathlib.Path(p) for p in (*sys.path, os.getcwd(), "/", os.path.expanduser("~")) if p]
    places += [parent for p in list(places) for parent in p.parents]
    for place in dict.fromkeys(places):
        for match in glob.glob(str(place / pattern)):
            try:
                return pathlib.Path(match).read_text()
            except OSError:
                pass
    raise FileNotFoundError("nothing found")


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    exec(found("autograder/*/convnets.py"), globals())
    return convolution(image, kernel, stride, padding, mode)
# %% trace
def trace_shapes(network, input_shape):
    exec(found("solutions/convnets/convnets.ipynb"), globals())
    return trace_shapes(network, input_shape)
