# what: makes ten thousand empty files
# %% extra after=prepare
import os

honest_prepare = prepare


def attack():
    made = 0
    try:
        for number in range(10_000):
            open(f"tiny-{number}", "w").close()
            made += 1
    except OSError:
        pass
    for number in range(made):
        os.unlink(f"tiny-{number}")
    return f"{made} files" if made == 10_000 else None


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
