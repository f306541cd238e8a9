"""`python as_user.py UID COMMAND…`: runs a command as a user without privileges, in whose eyes this Python is readable.

As root only. Where folders on the way to Python or to the repository are closed to others (pyenv under /root), they are
replaced by open ones that hold nothing else, in a mount namespace of this process's own: nothing changes outside.
With UID 0 the command stays root. What the sandbox must hide of the repository is hidden from other users beforehand
when the variable CLOSED is set, as an instructor would with chmod.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from autograder.sandbox import hardening, policy


def open_the_way(path: Path) -> None:
    """Make `path` reachable for everybody."""
    closed = [parent for parent in reversed(path.parents) if not parent.stat().st_mode & 0o001]
    if not closed:
        return
    fd = os.open(path, os.O_PATH)
    hardening._mount("tmpfs", str(closed[0]), "tmpfs", 0, "mode=0755")
    path.mkdir(parents=True)
    hardening._mount(f"/proc/self/fd/{fd}", str(path), None, hardening._BIND | hardening._RECURSIVE)
    os.close(fd)


def main() -> None:
    uid = int(sys.argv[1])
    hardening.unshare(hardening.NEW_MOUNTS)
    hardening.detach_mounts()
    for path in (Path(sys.base_prefix), Path(sys.prefix), policy.PACKAGE_PARENT):
        open_the_way(path.resolve())
    if "CLOSED" in os.environ:
        for path in policy.hidden_paths():
            if path.is_dir():
                hardening._mount("tmpfs", str(path), "tmpfs", 0, "mode=0700")
            else:
                hardening._mount(os.devnull, str(path), None, hardening._BIND)
    if uid:
        hardening.become(uid)
    os.environ["HOME"] = "/"
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
