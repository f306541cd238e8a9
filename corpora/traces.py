"""What a successful attack leaves behind, and how it is found.

It leaves its loot in a message after the word `STOLEN:`, a marker file, a process called `corpus-stray`, or bytes at
one of the listeners. The hostile submissions of the corpora know these names.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.grading.report import Report
from corpora import corpus

TROPHY = "STOLEN:"
SECRET = "CORPUS_SECRET"
SECRET_VALUE = "in the environment of the judge"
SECRET_FILE = Path(tempfile.gettempdir()) / "corpus-secret.txt"
SOCKET_FILE = Path(tempfile.gettempdir()) / "corpus-listener.sock"
PORT = 47613  # hostile submissions know it
MARKER_FOLDERS = (
    Path(tempfile.gettempdir()),
    Path("/dev/shm"),
    Path("/var/tmp"),
    Path.home(),
    Path(os.__file__).parent,
    Path(sysconfig.get_path("purelib")),
    *corpus.REPOSITORY.glob("release/*"),
    *corpus.REPOSITORY.glob("release/*/course"),
)


def leaks(report: Report) -> list[str]:
    """What the report must not tell a student but does: loot, and paths on this machine."""
    told = json.dumps(report.to_json())
    forbidden = [TROPHY, SECRET, SECRET_VALUE, str(corpus.REPOSITORY), "graders/"]
    return [word for word in forbidden if word in told]


def strays() -> list[str]:
    """Processes of hostile submissions that are still alive."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "comm").read_text().strip() == "corpus-stray":
                state = (process / "stat").read_text().rpartition(")")[2].split()[0]
                found += [process.name] if state != "Z" else []
    return found


def markers() -> list[str]:
    """Files that hostile submissions left where others could see them."""
    return [str(path) for folder in MARKER_FOLDERS for path in folder.glob("corpus[-_]marker*")]


class Listeners:
    """Sockets on this machine that no submission may reach; `heard` is what reached them anyway."""

    def __init__(self) -> None:
        self._sockets = []
        for family, kind, address in (
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
            (socket.AF_UNIX, socket.SOCK_STREAM, str(SOCKET_FILE)),
            (socket.AF_UNIX, socket.SOCK_STREAM, "\0corpus-listener"),
        ):
            # pytest's workers share these: if another worker already listens, that one receives
            with contextlib.suppress(OSError):
                self._sockets.append(_bound(family, kind, address))

    def heard(self) -> list[str]:
        heard = []
        for listener in self._sockets:
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_STREAM:
                    connection, _ = listener.accept()
                    connection.close()
                else:
                    listener.recv(100)
                heard.append(str(listener.getsockname()))
        return heard

    def close(self) -> None:
        for listener in self._sockets:
            listener.close()


def _bound(family: int, kind: int, address: tuple[str, int] | str) -> socket.socket:
    listener = socket.socket(family, kind)
    if family == socket.AF_INET:  # several test runs may share a machine
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    if kind == socket.SOCK_STREAM:
        listener.listen()
    listener.setblocking(False)
    return listener


@contextlib.contextmanager
def listening() -> Iterator[Listeners]:
    """Sets up what attacks look for: listeners, and a file with a secret. Several processes may share them."""
    SECRET_FILE.write_text("CORPUS: in a file of the judge")
    SECRET_FILE.chmod(0o600)
    with SOCKET_FILE.with_suffix(".lock").open("w") as lock:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            SOCKET_FILE.unlink(missing_ok=True)  # left by a killed run
        listeners = Listeners()
        SOCKET_FILE.chmod(0o777)  # only the sandbox keeps a submission from it
        yield listeners
        listeners.close()
