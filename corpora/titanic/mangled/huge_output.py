# what: thirty megabytes of output were saved with the notebook


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def mangle(notebook):
    flood = {"output_type": "stream", "name": "stdout", "text": "loss 0.6931\n" * 2_500_000}
    find(notebook, "train")["outputs"] = [flood]
    return notebook
