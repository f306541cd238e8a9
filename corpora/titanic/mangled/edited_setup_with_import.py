# what: an import was added to the locked setup cell, and a solution uses it
# repair: setup edited


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    setup, train = find(notebook, "setup"), find(notebook, "train")
    setup["source"] = "".join(setup["source"]) + "\nimport functools as my_tools\n"
    train["source"] = "my_tools.partial\n\n" + "".join(train["source"])
    return notebook
