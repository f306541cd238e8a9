# what: nbgrader's metadata is a string, a list, a number
# repair: recognised


def find(notebook, grade_id):
    marks = ((cell, cell["metadata"].get("nbgrader")) for cell in notebook["cells"])
    return next(cell for cell, mark in marks if isinstance(mark, dict) and mark["grade_id"] == grade_id)


def mangle(notebook):
    for name, value in (("fit", "x"), ("train-tests", []), ("setup", 3)):
        find(notebook, name)["metadata"]["nbgrader"] = value
    return notebook
