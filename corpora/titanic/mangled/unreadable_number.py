# what: a number of ten thousand digits
# unreadable: number


def mangle(notebook):
    return b'{"cells": [' + b"9" * 10_000 + b"]}"
