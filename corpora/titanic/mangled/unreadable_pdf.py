# what: a PDF with the ending of a notebook
# unreadable: a PDF


def mangle(notebook):
    return b"%PDF-1.7 \x00\x01\xfe"
