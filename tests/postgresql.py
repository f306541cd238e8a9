"""A PostgreSQL server for one test, of the programs that this machine has."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import require_tool

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
"""Where Debian and Ubuntu put the server's programs."""


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of an empty database on a server of its own, which only this machine's users reach."""
    path = os.pathsep.join([*map(str, SERVERS), os.environ["PATH"]])
    install = "apt-get install postgresql"
    initdb, postgres = require_tool("initdb", install, path), require_tool("postgres", install, path)
    folder = Path(
        tempfile.mkdtemp(prefix="postgresql-")
    )  # pytest's own is closed to the account of the server
    account = {}
    if os.getuid() == 0:  # as which PostgreSQL does not run
        account = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    make = [initdb, "--no-sync", "--auth=trust", "--username=course", "--encoding=UTF8", str(data)]
    made = subprocess.run(make, cwd=folder, capture_output=True, text=True, **account)
    assert made.returncode == 0, made.stderr
    serve = [postgres, "-D", str(data), "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen(serve, cwd=folder, stderr=subprocess.PIPE, text=True, **account)
    try:
        said = ""
        while "ready to accept connections" not in said:
            line = server.stderr.readline()
            assert line, said
            said += line
        yield f"postgresql://course@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)  # ends the sessions that are left
        server.communicate()
        shutil.rmtree(folder)
