# what: runs programs: a shell, another Python, its own interpreter replaced
# %% extra after=prepare
import os
import subprocess
import sys

honest_prepare = prepare


def attack():
    if os.system("exit 7") >> 8 == 7:
        return "a shell"
    done = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, timeout=20, check=False)
    if done.stdout.strip() == b"42":
        return "another Python"


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
