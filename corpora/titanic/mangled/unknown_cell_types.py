# what: cells of types that do not exist, and one that is no cell
# repair: no cells


def find(notebook, grade_id):
    cells = [c for c in notebook["cells"] if isinstance(c, dict) and "metadata" in c]
    return next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    notebook["cells"].insert(0, {"cell_type": "video", "source": "x", "metadata": {}})
    notebook["cells"].insert(3, {"source": ["a = 1\n", 2, None]})
    notebook["cells"].insert(5, "a string")
    notebook["cells"].insert(7, None)
    find(notebook, "train").pop("cell_type")
    return notebook
