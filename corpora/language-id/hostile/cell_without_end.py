# what: a cell that says it has another statement for ever
# expect: features 0
# %% features
import sys
W = sys.modules["autograder.sandbox.worker"]
_n = 0
def _run(self, source, name, first, without, only, progress):
    return {"next": 0, "error": None, "failed": None, "left_out": [], "bound": [], "changed": [], "reads": {}}
W._Worker.run_statements = _run
def word_features(word): raise ValueError(1)
