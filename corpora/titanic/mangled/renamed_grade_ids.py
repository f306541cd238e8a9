# what: grade_ids were renamed
# repair: unknown grade_id


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    for name in ("prepare", "fit-tests", "interpret"):
        find(notebook, name)["metadata"]["nbgrader"]["grade_id"] = f"{name}-2"
    return notebook
