# what: hands work to atexit, excepthook, finalizers and signal handlers
# %% extra after=prepare
import atexit
import os
import signal
import sys
import tempfile
import weakref

honest_prepare = prepare


def leave_marker(*args):
    for folder in (tempfile.gettempdir(), "/dev/shm", "/var/tmp"):
        try:
            open(os.path.join(folder, "corpus-marker-atexit"), "w").close()
        except OSError:
            continue


class Thing:
    pass


thing = Thing()
weakref.finalize(thing, leave_marker)
atexit.register(leave_marker)
sys.excepthook = leave_marker
signal.signal(signal.SIGTERM, leave_marker)


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
