# what: a data set was pasted into a cell
# unreadable: more than 2 MB


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "prepare")["source"] = "data = '" + "0123456789" * 2_200_000 + "'"
    return notebook
