# what: the file was saved as Latin-1, with accents in an answer
# repair: Latin-1
import json


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    find(notebook, "interpret")["source"] = "Les \u00e9l\u00e8ves \u00e2g\u00e9s survivent moins."
    return json.dumps(notebook, ensure_ascii=False).encode("latin-1", "replace")
