# what: a failed statement in a line of 4,800 digits
# expect: features 0
# %% features
import sys
W = sys.modules["autograder.sandbox.worker"]
W._described = lambda number, statement, filename: (number, 1 << 15900, "x", ["word_features"])
def word_features(word): pass
del word_features
word_features = undefined_name
