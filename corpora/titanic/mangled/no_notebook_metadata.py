# what: neither notebook nor kernel is described
# repair: kernel set back


def mangle(notebook):
    del notebook["metadata"]
    return notebook
