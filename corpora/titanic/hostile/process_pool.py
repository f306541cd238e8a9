# what: multiprocessing, joblib and a DataLoader with workers, in good faith
# %% extra after=prepare
import torch

honest_prepare = prepare


def attack():
    import multiprocessing

    try:
        with multiprocessing.get_context("fork").Pool(2) as pool:
            pool.map(abs, [-1, -2])
    except OSError:
        pass


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
