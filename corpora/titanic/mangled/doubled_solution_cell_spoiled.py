# what: a second copy of a solution cell, below, undoes the first: the first is graded, as its own cell left it
# repair: prepare found more than once
import copy


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    second = copy.deepcopy(find(notebook, "prepare"))
    second["source"] = "def prepare(passengers):\n    return None"
    notebook["cells"].append(second)
    return notebook
