# what: connects to a unix socket by its path
# %% extra after=prepare
import os
import socket
import tempfile

honest_prepare = prepare


def attack():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.path.join(tempfile.gettempdir(), "corpus-listener.sock"))
    connection.send(b"corpus")
    return "unix"


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
