# what: writes a .pth file, a sitecustomize and a conftest where Python will find them
# %% extra after=prepare
import os
import site
import sys
import sysconfig

honest_prepare = prepare


def attack():
    folders = [sysconfig.get_path("purelib"), os.path.dirname(os.__file__), *site.getsitepackages(), *sys.path]
    for folder in dict.fromkeys(folders):
        if not folder or os.path.abspath(folder) == os.getcwd():
            continue
        for name in ("corpus-marker-evil.pth", "corpus_marker_sitecustomize.py"):
            path = os.path.join(folder, name)
            try:
                open(path, "w").close()
            except OSError:
                continue
            return path


def prepare(passengers):
    try:
        loot = attack()
    except Exception:
        loot = None
    if loot:
        raise RuntimeError("STOL" "EN:" + str(loot)[:2000])
    return honest_prepare(passengers)
