# what: JSON, but a list
# unreadable: not a notebook
import json


def mangle(notebook):
    return json.dumps(notebook["cells"]).encode()
