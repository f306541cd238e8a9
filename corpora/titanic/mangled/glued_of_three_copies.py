# what: three students glued their copies together: a stub with a comment stands in front, a first attempt too
# repair: found more than once
import copy


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    stub, attempt = copy.deepcopy(find(notebook, "train")), copy.deepcopy(find(notebook, "prepare"))
    stub["source"] = "# Dana does this\nraise NotImplementedError  # not mine"
    attempt["source"] = "def prepare(passengers):\n    return None, None  # Chidi has a better one"
    notebook["cells"][:0] = [stub, attempt]
    return notebook
