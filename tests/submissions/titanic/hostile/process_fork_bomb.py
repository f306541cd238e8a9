# what: forks two hundred children, or as many as it may
# %% extra after=prepare
import ctypes
import os
import signal

honest_prepare = prepare


def stray():
    try:
        ctypes.CDLL(None).prctl(15, b"corpus-stray", 0, 0, 0)
        signal.alarm(20)
        signal.pause()
    finally:
        os._exit(0)


def attack():
    made = 0
    try:
        for _ in range(200):
            if os.fork() == 0:
                stray()
            made += 1
    except OSError:
        pass
    return f"{made} children" if made >= 200 else None


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
