# what: points, outputs and tags in the file that claim full marks for a stub
# expect: fit 0
import copy


def mangle(notebook):
    cells = notebook["cells"]
    for cell in cells:
        meta = cell["metadata"].setdefault("nbgrader", {})
        meta["points"] = 1000
        cell["metadata"]["tags"] = ["skip-execution", "passed"]
        if cell["cell_type"] == "code":
            value = {"output_type": "execute_result", "data": {"text/plain": "1000.0"}, "metadata": {}, "execution_count": 1}
            cell["outputs"] = [value, copy.deepcopy(value)]
        if meta.get("grade_id") == "fit":
            cell["source"] = "def fit_logistic_regression(X, y):\n    raise NotImplementedError"
        if meta.get("grade_id") == "fit-tests":
            cell["source"] = "5.0"
    notebook["metadata"]["nbgrader"] = {"score": 1000, "status": "graded"}
    notebook["metadata"]["kernelspec"] = {"name": "evil", "language": "sh", "display_name": "evil", "argv": ["sh"]}
    return notebook
