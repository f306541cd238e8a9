# what: a daemon started while the notebook is loaded
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


try:
    if os.fork() == 0:
        try:
            os.setsid()
        except OSError:
            pass
        stray()
except OSError:
    pass


def attack():
    return None


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
