# what: a notebook format that is not there yet, with unknown keys


def mangle(notebook):
    notebook.update(nbformat=4, nbformat_minor=99, signature="x", theme={"dark": True})
    for cell in notebook["cells"]:
        cell["comments"] = []
    return notebook
