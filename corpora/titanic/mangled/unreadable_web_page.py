# what: the page around the notebook was saved instead of the notebook
# unreadable: web page


def mangle(notebook):
    return b"<!DOCTYPE html><html><body>titanic.ipynb</body></html>"
