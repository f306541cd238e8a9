# what: every cell is tagged so that nothing is executed


def mangle(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell"]
    return notebook
