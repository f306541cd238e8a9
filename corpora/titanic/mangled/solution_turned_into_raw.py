# what: a solution cell was turned into raw text
# repair: cell mlp turned back into code


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "mlp")["cell_type"] = "raw"
    return notebook
