# what: all cells stand in reverse order
# repair: order


def mangle(notebook):
    notebook["cells"].reverse()
    return notebook
