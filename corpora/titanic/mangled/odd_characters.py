# what: null bytes and half a surrogate pair in a cell
# repair: characters that no text may hold


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    cell = find(notebook, "prepare")
    cell["source"] = "# \x00 \ud83d\n" + "".join(cell["source"])
    return notebook
