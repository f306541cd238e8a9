# what: random bytes
# unreadable: binary


def mangle(notebook):
    return b"{\x93\x00\xff\xfe\x00\x00\xc3(" * 64
