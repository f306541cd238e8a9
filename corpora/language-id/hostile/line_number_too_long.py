# what: an error whose line number has 4,800 digits
# expect: features 0
# %% features
import gc
def word_features(word):
    import sys
    W = sys.modules["autograder.sandbox.worker"]
    W._frames = lambda error: [("features", 1 << 15900, "x = 1")]
    raise RuntimeError("x")
