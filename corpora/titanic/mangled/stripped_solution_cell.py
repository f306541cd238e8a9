# what: one solution cell lost its metadata
# repair: fit recognised


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "fit")["metadata"] = {}
    return notebook
