# what: a merge conflict in the file
# unreadable: not a notebook
import json


def mangle(notebook):
    return b"<<<<<<< HEAD\n".replace(b"<", b"=") + json.dumps(notebook).encode()
