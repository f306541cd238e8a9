# what: a test cell was turned into text
# repair: cell fit-tests turned back into code


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "fit-tests")["cell_type"] = "markdown"
    return notebook
