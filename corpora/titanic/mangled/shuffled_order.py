# what: all cells were shuffled
# repair: order
import random


def mangle(notebook):
    random.Random(4).shuffle(notebook["cells"])
    return notebook
