# what: cells without outputs, counts, ids, and some without metadata


def mangle(notebook):
    for cell in notebook["cells"]:
        for key in ("outputs", "execution_count", "id"):
            cell.pop(key, None)
        if not cell["metadata"]:
            del cell["metadata"]
    return notebook
