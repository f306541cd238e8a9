# what: a test cell stands in the notebook twice (copied and pasted, grade_id and all)
# repair: fit-tests found more than once
import copy


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    notebook["cells"].append(copy.deepcopy(find(notebook, "fit-tests")))
    return notebook
