"""Proves a rung before it is used: a bare server, two workers, and all of attempts.py in one of them."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from autograder.sandbox.faults import StudentError

if TYPE_CHECKING:
    from autograder.sandbox.client import ForkServer

START_SECONDS = 30.0
HONEST = "import a module late, use a thread"


class Row(NamedTuple):
    """One attempt: `got_out` says what it got, or is None where the sandbox held."""

    attempt: str
    got_out: str | None


def rows(
    launch: Callable[[], ForkServer],
    hidden: Sequence[Path],
    own_pids: bool,
    own_view: bool,
    processes: int,
    thorough: bool = False,
) -> list[Row]:
    """Try everything in a worker of `launch()`.

    Args:
        hidden: files and folders of which nothing may be read.
        own_pids: whether a worker's first process is number 1 to itself.
        own_view: whether the rung claims to hide the system's own public files and processes too.
        processes: how many the rung allows.
        thorough: the slow attempts as well.

    Raises:
        SandboxUnavailable: the rung does not even start.
    """
    with _outside() as targets, launch() as server, server.spawn() as sibling, server.spawn() as worker:
        targets |= {
            "hidden": [str(path) for path in hidden],
            "own_view": own_view,
            "too_many": processes + 100,
            "sibling": sibling.pid,
            "server": server.pid,
        }
        source = Path(__file__).with_name("attempts.py").read_text()
        try:
            for one in (worker, sibling):
                one.request("cell", source=source, name="attempts")
            sibling.request("call", target={"name": "leave"}, args=[targets["tag"]])
        except StudentError as error:
            return [Row(HONEST, str(error))]
        with worker.fork() as copy:
            name = {"name": "try_as_copy"}
            found = copy.request("call", target=name, args=[1 if own_pids else worker.pid])
            works = copy.request("call", target={"name": "works"}) == 7
        found |= worker.request("call", target={"name": "try_all"}, args=[targets, thorough], cpu=30.0)
        for title, mark in (
            ("leave a file in the judge's temporary folder", targets["mark"]),
            ("leave a file in shared memory", targets["shm_mark"]),
        ):
            if found[title] and not os.path.exists(mark):
                found[title] = None  # it wrote into a folder of its own
    return [Row(title, got) for title, got in found.items()] + ([] if works else [Row(HONEST, "cannot")])


@contextlib.contextmanager
def _outside() -> Iterator[dict[str, Any]]:
    """What a worker should not be able to reach: a folder, sockets, an environment variable, this process."""
    folder = Path(tempfile.mkdtemp(prefix="autograder-canary-"))
    tag = secrets.token_hex(8)
    variable = f"AUTOGRADER_CANARY_{tag}"
    mark, shm_mark = (
        Path(tempfile.gettempdir(), f"autograder-mark-{tag}"),
        Path(f"/dev/shm/autograder-mark-{tag}"),
    )
    with (
        socket.socket() as tcp,
        socket.socket(socket.AF_UNIX) as path,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        try:
            (folder / "secret").write_text("secret")
            tcp.bind(("127.0.0.1", 0))
            path.bind(str(folder / "socket"))
            abstract.bind(f"\0{tag}")
            for listener in (tcp, path, abstract):
                listener.listen()
            os.environ[variable] = "secret"
            yield {
                "folder": str(folder),
                "secret": str(folder / "secret"),
                "mark": str(mark),
                "shm_mark": str(shm_mark),
                "tcp": tcp.getsockname()[1],
                "unix": str(folder / "socket"),
                "abstract": tag,
                "tag": tag,
                "variable": variable,
                "judge": os.getpid(),
            }
        finally:
            del os.environ[variable]
            shutil.rmtree(folder, ignore_errors=True)
            mark.unlink(missing_ok=True)
            shm_mark.unlink(missing_ok=True)
            for folder in ("/tmp", "/var/tmp", "/dev/shm", "/"):
                Path(folder, f"left-{tag}").unlink(missing_ok=True)
            for path in sys.path:
                Path(path, "autograder_canary.pth").unlink(missing_ok=True)
