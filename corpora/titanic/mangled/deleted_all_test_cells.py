# what: all test cells were deleted
# repair: restored


def mangle(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if "points" not in c["metadata"].get("nbgrader", {}) or c["cell_type"] != "code"]
    return notebook
