# what: starts five hundred threads that wait
# %% extra after=prepare
import threading

honest_prepare = prepare


def attack():
    threading.stack_size(65536)
    done = threading.Event()
    threads = []
    try:
        for _ in range(500):
            thread = threading.Thread(target=done.wait, args=(5,), daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        pass
    done.set()
    for thread in threads:
        thread.join(1)
    return "500 threads" if len(threads) >= 500 else None


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
