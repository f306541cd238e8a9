# what: a daemon that means to outlive the grading
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
    if os.fork() == 0:
        try:
            os.setsid()
            if os.fork() == 0:
                stray()
        finally:
            os._exit(0)


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
