# what: two solution cells were merged into one
# repair: train missing


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    first, second = find(notebook, "logistic-regression"), find(notebook, "train")
    first["source"] = "".join(first["source"]) + "\n\n\n" + "".join(second["source"])
    notebook["cells"].remove(second)
    return notebook
