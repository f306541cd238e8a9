# what: nbgrader metadata of a schema that does not exist
# repair: schema_version


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "train")["metadata"]["nbgrader"]["schema_version"] = 99
    return notebook
