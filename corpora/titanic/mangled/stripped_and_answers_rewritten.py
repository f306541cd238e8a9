# what: no metadata, and the prompts of the written answers were written over
# repair: recognised without their


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    for name in ("interpret", "explain-convergence"):
        find(notebook, name)["source"] = "My own words, and nothing of the question."
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook
