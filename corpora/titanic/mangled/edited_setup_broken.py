# what: the setup cell was spoiled
# repair: setup edited


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "setup")["source"] = "raise RuntimeError('spoiled')"
    return notebook
