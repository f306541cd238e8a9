# what: looks among all living objects for graders, fitted references and pytest
# %% extra after=prepare
import gc
import sys

honest_prepare = prepare


def attack():
    for name in list(sys.modules):
        if name.startswith(("_pytest", "nbgrader", "autograder.graders", "autograder.grading.judge", "autograder.grading.pytest_plugin")):
            return name
    for thing in gc.get_objects():
        if type(thing).__name__ == "LogisticRegression" and hasattr(thing, "coef_") and hasattr(thing, "feature_names_in_"):
            return thing.coef_
        if type(thing).__name__ == "function" and thing.__module__ and "graders" in thing.__module__:
            return thing.__name__


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
