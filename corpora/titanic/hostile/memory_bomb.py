# what: takes memory until it is refused, up to 4 GiB
# %% extra after=prepare
import mmap

honest_prepare = prepare


def attack():
    kept = []
    try:
        for _ in range(64):
            kept.append(mmap.mmap(-1, 64 << 20))
    except (OSError, MemoryError, ValueError):
        return None
    return "4 GiB"


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
