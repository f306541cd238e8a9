# what: prints two hundred megabytes in a call
# expect: prepare 0
# %% extra after=prepare
import os
import sys

honest_prepare = prepare


def attack():
    line = "x" * 100_000
    for _ in range(1000):
        print(line)
        sys.stderr.write(line)
    os.write(1, b"y" * 1_000_000)


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
