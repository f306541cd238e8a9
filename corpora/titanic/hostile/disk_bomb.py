# what: fills the disk up to 300 MB, and takes it away again
# %% extra after=prepare
import os

honest_prepare = prepare


def attack():
    block, written, names = b"x" * (1 << 20), 0, []
    try:
        for number in range(30):
            names.append(f"bomb-{number}")
            with open(names[-1], "wb", buffering=0) as file:
                for _ in range(10):
                    written += file.write(block)
    except OSError:
        pass
    for name in names:
        if os.path.exists(name):
            os.unlink(name)
    return f"{written} bytes" if written >= 300 << 20 else None


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
