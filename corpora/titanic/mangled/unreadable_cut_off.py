# what: the file breaks off in the middle
# unreadable: breaks off
import json


def mangle(notebook):
    whole = json.dumps(notebook).encode()
    return whole[: len(whole) // 2]
