# what: a picture was pasted into a written answer, and a broken one into another


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    find(notebook, "interpret")["attachments"] = {"dot.png": {"image/png": dot}}
    find(notebook, "explain-convergence")["attachments"] = {"dot.png": "nothing", "other": {"text/html": 3}}
    return notebook
