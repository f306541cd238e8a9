# what: the kernel is described by a string
# repair: kernel set back to python3


def mangle(notebook):
    notebook["metadata"]["kernelspec"] = "python"
    return notebook
