# what: JSON, but nothing in it
# unreadable: without a list of cells


def mangle(notebook):
    return b"{}"
