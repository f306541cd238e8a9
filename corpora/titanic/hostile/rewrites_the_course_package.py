# what: writes into the course package, for the next student to import
# %% extra after=prepare
import os

honest_prepare = prepare


def attack():
    import course

    folder = os.path.dirname(course.__file__) if course.__file__ else list(course.__path__)[0]
    path = os.path.join(folder, "corpus-marker-course.py")
    open(path, "w").close()
    return path


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
