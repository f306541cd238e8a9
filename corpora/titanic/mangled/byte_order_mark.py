# what: the file begins with a byte order mark
# repair: byte order mark
import json


def mangle(notebook):
    return b"\xef\xbb\xbf" + json.dumps(notebook).encode()
