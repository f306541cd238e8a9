# what: an untouched copy of the stub was left below the solution
# repair: mlp found more than once
import copy
import json

from autograder.grading.assignment import REPOSITORY


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    stub = copy.deepcopy(find(notebook, "mlp"))
    release = REPOSITORY / "release" / "titanic" / "titanic.ipynb"
    stub["source"] = find(json.loads(release.read_text(encoding="utf-8")), "mlp")["source"]
    notebook["cells"].append(stub)
    return notebook
