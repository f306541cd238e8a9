# what: a cell that says it has another statement for ever
# expect: features 0, one-hot 0
# %% features
import sys
W = sys.modules["autograder.sandbox.worker"]
_honest = W._Worker.run_statements
def _run(self, source, *rest):
    if "def one_hot" not in source:
        return _honest(self, source, *rest)
    return {"next": 0, "error": None, "failed": None, "left_out": [], "bound": [], "changed": [], "reads": {}}
W._Worker.run_statements = _run
def word_features(word): raise ValueError(1)
