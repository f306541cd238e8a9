# what: a written answer's cell was deleted
# repair: interpret missing


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    notebook["cells"].remove(find(notebook, "interpret"))
    return notebook
