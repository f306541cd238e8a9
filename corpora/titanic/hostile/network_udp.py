# what: sends a datagram to a listener on this machine
# %% extra after=prepare
import socket

honest_prepare = prepare


def attack():
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.sendto(b"corpus", ("127.0.0.1", 47613))


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
