# what: a test cell is marked as a solution
# repair: nbgrader metadata of cell fit-tests repaired


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "fit-tests")["metadata"]["nbgrader"].update(solution=True, locked=False)
    return notebook
