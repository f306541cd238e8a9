"""How the judge writes to a worker's memory: it makes machine code refuse, and checks that it still does.

The worker's own code takes no part in this, since a notebook may have replaced it. The kernel allows it to any process
that may trace the worker, as a debugger would.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Collection, Iterable, Iterator

from autograder.sandbox.native import Trap

_libc = ctypes.CDLL(None, use_errno=True)


def refuse(pid: int, pidfd: int, traps: Iterable[Trap]) -> None:
    """From now on, these functions of that process refuse. The process should be stopped. Raises OSError."""
    with _open(pid, pidfd) as memory:
        for trap in traps:
            os.pwrite(memory, trap.jump, trap.function)


def refuses(pid: int, pidfd: int, traps: Iterable[Trap]) -> bool:
    """Whether these functions of that process refuse. Raises OSError."""
    with _open(pid, pidfd) as memory:
        return all(os.pread(memory, len(trap.jump), trap.function) == trap.jump for trap in traps)


def within_reach(pid: int, pidfd: int, traps: Collection[Trap]) -> bool:
    """Whether the kernel lets this process change the code of that one, found by trying."""
    try:
        refuse(pid, pidfd, traps)
        return refuses(pid, pidfd, traps)
    except OSError:
        return False


@contextlib.contextmanager
def _open(pid: int, pidfd: int) -> Iterator[int]:
    try:
        memory = os.open(f"/proc/{pid}/mem", os.O_RDWR)
    except PermissionError:
        # Root in a container may not trace the processes of others: the file is opened as their user, by this thread.
        if os.geteuid() != 0:
            raise
        owner = os.stat(f"/proc/{pid}")
        _libc.setfsgid(owner.st_gid)
        _libc.setfsuid(owner.st_uid)
        try:
            memory = os.open(f"/proc/{pid}/mem", os.O_RDWR)
        finally:
            _libc.setfsuid(0)
            _libc.setfsgid(os.getegid())
    try:
        signal.pidfd_send_signal(pidfd, 0)  # it is alive, so the pid was still its own
        yield memory
    finally:
        os.close(memory)
