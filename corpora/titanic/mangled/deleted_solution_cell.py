# what: a solution cell was deleted: that task is not done, the others are
# expect: mlp 0, fit-mlp 0..4
# repair: mlp missing


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    notebook["cells"].remove(find(notebook, "mlp"))
    return notebook
