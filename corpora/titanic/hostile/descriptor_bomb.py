# what: opens five thousand files and closes none
# %% extra after=prepare
import os

honest_prepare = prepare


def attack():
    kept = []
    try:
        for _ in range(5000):
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        for fd in kept:
            os.close(fd)
        return None
    return "5000 files"


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
