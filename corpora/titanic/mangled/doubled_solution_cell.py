# what: a solution cell was copied to the end of the notebook and left as it was
# repair: train found more than once
import copy


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    notebook["cells"].append(copy.deepcopy(find(notebook, "train")))
    return notebook
