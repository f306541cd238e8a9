# what: an answer was typed into the locked test cell below its stub, as VS Code and Colab allow
# repair: fit-tests edited: the released text is used, and what you wrote runs after it
import json
from pathlib import Path


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    release = Path(__file__).resolve().parents[3] / "release" / "titanic" / "titanic.ipynb"
    answer, tests = find(notebook, "fit"), find(notebook, "fit-tests")
    tests["source"] = "".join(answer["source"]) + "\n\n\n" + "".join(tests["source"])
    answer["source"] = find(json.loads(release.read_text(encoding="utf-8")), "fit")["source"]
    return notebook
