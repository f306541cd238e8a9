# what: the file was saved as UTF-16
# repair: UTF-16
import json


def mangle(notebook):
    return json.dumps(notebook).encode("utf-16")
