# what: points that are no number
# repair: nbgrader metadata of cell mlp-tests repaired


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "mlp-tests")["metadata"]["nbgrader"]["points"] = "lots"
    return notebook
