# what: the stub was left as it was, and solved in a new cell above it
import json

from autograder.grading.assignment import REPOSITORY


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    release = REPOSITORY / "release" / "titanic" / "titanic.ipynb"
    stub = find(json.loads(release.read_text(encoding="utf-8")), "prepare")["source"]
    cell = find(notebook, "prepare")
    own = {"cell_type": "code", "metadata": {}, "source": cell["source"], "outputs": [], "execution_count": None}
    cell["source"] = stub
    notebook["cells"].insert(notebook["cells"].index(cell), own)
    return notebook
