# what: reads the local variables of everyone who called it
# %% extra after=prepare
import sys

honest_prepare = prepare


WORDS = ("expected", "reference", "solution", "points", "answer", "grader")


def attack():
    frame = sys._getframe(2)
    while frame is not None:
        for scope in (frame.f_locals, frame.f_globals):
            for name, value in list(scope.items()):
                if scope is not globals() and name.lower() in WORDS:
                    return name, value
        frame = frame.f_back


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
