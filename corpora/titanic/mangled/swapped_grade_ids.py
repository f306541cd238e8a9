# what: two solution cells carry each other's grade_id
# repair: order


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    one, other = find(notebook, "logistic-regression"), find(notebook, "mlp")
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]
    return notebook
