"""Tests a rung before it is used: starts a bare server and two workers, and runs all of escapes.py in one of them.

`choose` gives the first rung of the ladder that holds on this machine.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from autograder.sandbox import policy
from autograder.sandbox.faults import SandboxUnavailable, StudentError, WorkerFault
from autograder.sandbox.forkserver_client import ForkServer
from autograder.sandbox.policy import Rung

HONEST = "import a module late, use a thread"


class Row(NamedTuple):
    """One attempt: `got_out` says what it reached, or is None if the sandbox held."""

    attempt: str
    got_out: str | None


def choose(name: str | None) -> Rung:
    """The rung of that name ("none" for no sandbox), or the first that holds on this machine.

    Raises SandboxUnavailable, with what is missing for each rung that was tried.
    """
    if name == policy.NONE.name:
        return policy.NONE
    tried = []
    for rung in policy.named(name):
        reason = policy.missing(rung) or weakness(rung)
        if reason is None:
            return rung
        tried.append(f"{rung.name}: {reason}")
    raise SandboxUnavailable("No sandbox works here. " + " ".join(tried))


def weakness(rung: Rung) -> str | None:
    """The sentence that says why this rung does not hold here, after trying everything in a worker on it."""
    try:
        tried = rows(rung)
    except (SandboxUnavailable, WorkerFault) as error:
        return str(error) + (f" {policy.NAMESPACES_REFUSED}" if rung.namespaces else "")
    got_out = [row for row in tried if row.got_out is not None]
    if not got_out:
        return None
    listed = ", ".join(row.attempt for row in got_out)
    if not rung.namespaces and any(row.attempt == HONEST for row in got_out):
        return (
            f"An unprivileged user cannot read this Python: every folder on the way to {sys.base_prefix} and "
            f"{sys.prefix} must be open to others (chmod o+rx), which bubblewrap would not need."
        )
    if not rung.namespaces and not policy.has_landlock():
        listed += " (let no other user read this repository: chmod -R o-rwx on all but .venv and autograder/sandbox)"
    return f"A worker could: {listed}."


def print_table(name: str | None = None) -> int:
    """Print every attempt, the slow ones too, on the rung of that name; exit status 0 when all were held.

    Raises SandboxUnavailable: no rung holds.
    """
    rung = choose(name)
    if rung is policy.NONE:
        print("sandbox: none. Nothing is held: students' code can do whatever you can.")
        return 1
    tried = rows(rung, thorough=True)
    width = max(len(row.attempt) for row in tried)
    who = "root" if os.getuid() == 0 else "a user without privileges"
    print(f"sandbox: {rung.name}, started by {who}")
    for row in tried:
        print(f"  {row.attempt:{width}}  {'held' if row.got_out is None else 'GOT OUT: ' + row.got_out}")
    got_out = sum(row.got_out is not None for row in tried)
    print(f"{len(tried)} attempts, {got_out or 'none'} got out.")
    return 1 if got_out else 0


def rows(rung: Rung, thorough: bool = False) -> list[Row]:
    """Try everything in a worker on `rung`; `thorough`: the slow attempts as well.

    Raises:
        SandboxUnavailable: the rung does not even start.
    """
    own_view = rung.namespaces or policy.has_landlock()  # else the system's own public files can be seen
    with (
        _outside() as targets,
        ForkServer.launch_bare(rung) as server,
        server.spawn() as sibling,
        server.spawn() as worker,
    ):
        targets |= {
            "hidden": [str(path) for path in policy.hidden_paths()],
            "own_view": own_view,
            "too_many": policy.processes(rung) + 100,
            "sibling": sibling.pid,
            "server": server.pid,
        }
        source = Path(__file__).with_name("escapes.py").read_text()
        try:
            for one in (worker, sibling):
                one.request("cell", source=source, name="attempts")
            sibling.request("call", target={"name": "leave"}, args=[targets["tag"]])
        except StudentError as error:
            return [Row(HONEST, str(error))]
        with worker.fork() as copy:
            name = {"name": "try_as_copy"}
            found = copy.request("call", target=name, args=[1 if rung.namespaces else worker.pid])
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
