# what: one marker of a merge conflict is left above the notebook
# repair: what comes before the notebook
import json


def mangle(notebook):
    return b"======= HEAD\n" + json.dumps(notebook).encode()
