# what: the file holds NaN and Infinity, which are no JSON


def mangle(notebook):
    notebook["metadata"]["loss"] = float("nan")
    notebook["cells"][0]["metadata"]["best"] = float("inf")
    return notebook
