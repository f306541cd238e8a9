# what: looks for any other process that it may signal
# %% extra after=prepare
import os

honest_prepare = prepare


def attack():
    own = {os.getpid(), os.getppid()}
    for pid in range(2, 70000):
        if pid in own:
            continue
        try:
            os.kill(pid, 0)
        except OSError:
            continue
        comm = f"/proc/{pid}/comm"
        return pid, open(comm).read() if os.path.exists(comm) else "?"


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
