# what: a test cell was deleted
# repair: test cell fit-tests restored


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    notebook["cells"].remove(find(notebook, "fit-tests"))
    return notebook
