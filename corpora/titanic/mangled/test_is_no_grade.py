# what: test cells are marked as ordinary cells
# repair: repaired


def mangle(notebook):
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        mark.update({"grade": False, "locked": False} if mark.get("grade") else {})
    return notebook
