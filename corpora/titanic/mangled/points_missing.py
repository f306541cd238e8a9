# what: the points of all cells are gone
# repair: repaired


def mangle(notebook):
    for cell in notebook["cells"]:
        cell["metadata"].get("nbgrader", {}).pop("points", None)
    return notebook
