# what: a test cell was emptied so that it passes
# repair: fit-tests edited


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "fit-tests")["source"] = "pass"
    return notebook
