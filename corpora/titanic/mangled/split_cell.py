# what: a solution cell was split in two, and both halves carry its grade_id
# repair: fit found more than once
import copy


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    cell = find(notebook, "fit")
    first = copy.deepcopy(cell)
    first["source"] = "# what I tried first\nlearning_rate = 0.5"
    notebook["cells"].insert(notebook["cells"].index(cell), first)
    return notebook
