# what: an editor dropped all cell metadata
# repair: recognised without their nbgrader metadata


def mangle(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook
