# what: JSON, but nothing in it
# unreadable: no list of cells


def mangle(notebook):
    return b"{}"
