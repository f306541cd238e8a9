# what: a zip archive with the ending of a notebook
# unreadable: an archive that is damaged


def mangle(notebook):
    return b"PK\x03\x04\x14\x00\x00\x00"
