# what: raises its own limits and enters new namespaces
# %% extra after=prepare
import ctypes
import os
import resource

honest_prepare = prepare


def attack():
    for limit in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
        soft, hard = resource.getrlimit(limit)
        if hard == resource.RLIM_INFINITY:
            return "no limit"
        try:
            resource.setrlimit(limit, (hard * 2, hard * 2))
        except (ValueError, OSError):
            continue
        return "raised"
    if os.geteuid() == 0:
        return "root"


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
