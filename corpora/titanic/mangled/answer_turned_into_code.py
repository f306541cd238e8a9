# what: a written answer was turned into code
# repair: cell interpret turned back into markdown


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "interpret").update(cell_type="code", outputs=[], execution_count=None)
    return notebook
