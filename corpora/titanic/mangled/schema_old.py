# what: nbgrader metadata of schema 2
# repair: schema_version


def mangle(notebook):
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 2
    return notebook
