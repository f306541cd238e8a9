# what: forks two hundred children, or as many as it may, and ends them again
# %% extra after=prepare
import ctypes
import os
import signal

honest_prepare = prepare


def child(door):
    try:
        ctypes.CDLL(None).prctl(15, b"corpus-stray", 0, 0, 0)
        signal.alarm(20)
        os.close(door[1])
        os.read(door[0], 1)  # until the parent closes the door
    finally:
        os._exit(0)


def attack():
    door = os.pipe()
    children = 0
    try:
        for _ in range(200):
            if os.fork() == 0:
                child(door)
            children += 1
    except OSError:
        pass
    os.close(door[1])
    try:
        while children:
            os.wait()
    except ChildProcessError:
        pass
    return f"{children} children" if children >= 200 else None


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
