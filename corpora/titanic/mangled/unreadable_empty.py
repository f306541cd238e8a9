# what: the file is empty
# unreadable: is empty


def mangle(notebook):
    return b""
