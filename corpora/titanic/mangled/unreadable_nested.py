# what: nested so deeply that a reader without care would crash
# unreadable: nested too deeply


def mangle(notebook):
    return b'{"cells":' + b"[" * 100_000
