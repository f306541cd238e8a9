# what: every cell has the same id


def mangle(notebook):
    for cell in notebook["cells"]:
        cell["id"] = "same"
    return notebook
