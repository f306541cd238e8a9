# what: a test cell claims a thousand points
# repair: nbgrader metadata of cell fit-tests repaired (points)


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "fit-tests")["metadata"]["nbgrader"]["points"] = 1000
    return notebook
