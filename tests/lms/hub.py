"""A JupyterHub on this machine, with configurable-http-proxy and accounts of its own, that leaves nothing behind.

bubblewrap gives it its own view of the file system: accounts in /etc/passwd, homes in /srv/home, the exchange in
/srv/nbgrader. As root each user has another uid, as on a real hub; without root all are the user who runs the tests.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from autograder.sandbox.policy import NAMESPACES_REFUSED
from tests.course import REPOSITORY
from tests.tools import missing, require_tool

INSTRUCTOR, STUDENT = "teacher", "ada"
UIDS = {INSTRUCTOR: 54321, STUDENT: 54322}
TOKEN = "for-the-tests-only"
PATIENCE = 120
"""Seconds until an answer that does not come is a failure."""
_PROGRAMS = Path(sys.prefix) / "bin"
_FILES = REPOSITORY / "scripts" / "jupyterhub"
_FOR_THE_TEST = f"""
from jupyterhub.auth import DummyAuthenticator
c.JupyterHub.authenticator_class = DummyAuthenticator
c.JupyterHub.services = [{{"name": "tests", "api_token": {TOKEN!r}}}]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [{{"name": "tests", "scopes": scopes, "services": ["tests"]}}]
c.Spawner.environment = {{"PYTHONPATH": {str(REPOSITORY)!r}, "OMP_NUM_THREADS": "1"}}
"""


@dataclass(frozen=True)
class Hub:
    address: str
    homes: Path
    exchange: Path
    said: list[str]

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """What the hub, or the server of a user behind it, answers to the token of the tests."""
        answer = self._request(method, path, **more)
        assert answer.ok, (answer.status_code, answer.text, "".join(self.said))
        return answer

    def status(self, path: str) -> int:
        return self._request("GET", path).status_code

    def _request(self, method: str, path: str, **more: Any) -> requests.Response:
        head = {"Authorization": f"token {TOKEN}"}
        return requests.request(method, self.address + path, headers=head, timeout=PATIENCE, **more)

    def start_server(self, user: str) -> None:
        self.ask("POST", f"/hub/api/users/{user}")
        self.ask("POST", f"/hub/api/users/{user}/server")
        progress = self.ask("GET", f"/hub/api/users/{user}/server/progress").text
        assert '"ready": true' in progress, (progress, "".join(self.said))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _accounts(folder: Path) -> Iterator[str]:
    """bubblewrap's options for accounts that exist inside only."""
    passwd, group = Path("/etc/passwd").read_text(), Path("/etc/group").read_text()
    for name, uid in UIDS.items():
        uid, gid = (uid, uid) if os.getuid() == 0 else (os.getuid(), os.getgid())
        passwd = f"{name}:x:{uid}:{gid}::/srv/home/{name}:/bin/sh\n{passwd}"
        group = f"{name}:x:{gid}:\n{group}"
        home = folder / "home" / name
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
        for path in (home, *home.rglob("*")):
            os.chown(path, uid, gid)
    for name, text in (("passwd", passwd), ("group", group)):
        (folder / name).write_text(text)
        yield from ("--ro-bind", str(folder / name), f"/etc/{name}")


def _opened() -> Iterator[str]:
    """bubblewrap's options to make this Python and this repository readable where they are in closed folders."""
    way: dict[Path, list[Path]] = {}
    for path in (Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), REPOSITORY):
        parents = [*reversed(path.parents)]
        closed = [not parent.stat().st_mode & 0o001 for parent in parents]
        if any(closed):
            way[path] = parents[closed.index(True) :]
    for parent in sorted({parents[0] for parents in way.values()}):
        yield from ("--perms", "0755", "--tmpfs", str(parent))
    for path, parents in way.items():
        for parent in parents[1:]:
            yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--bind", str(path), str(path))


def _configuration(folder: Path, port: int, settings: str) -> None:
    """The files of scripts/jupyterhub/, as an instructor would adapt them."""
    text = (_FILES / "jupyterhub_config.py").read_text()
    for there, here in (("/opt/deep-learning/bin", str(_PROGRAMS)), ("/home/", "/srv/home/")):
        assert there in text
        text = text.replace(there, here)
    text += _FOR_THE_TEST + f'\nc.JupyterHub.bind_url = "http://127.0.0.1:{port}"\n'
    for setting in ("ConfigurableHTTPProxy.api_url", "JupyterHub.hub_bind_url"):
        text += f'c.{setting} = "http://127.0.0.1:{free_port()}"\n'
    text += settings
    (folder / "hub").mkdir(mode=0o700)
    (folder / "hub" / "jupyterhub_config.py").write_text(text)
    (folder / "nbgrader" / "nbgrader_config.py").write_text((_FILES / "nbgrader_config.py").read_text())


@contextmanager
def hub(folder: Path, port: int | None = None, settings: str = "") -> Iterator[Hub]:
    """Runs a hub whose homes are in `folder`/home (make the course there first) until the block ends.

    Args:
        port: where it listens; a free one by default.
        settings: more for its jupyterhub_config.py.
    """
    own_view = [require_tool("bwrap", "apt-get install bubblewrap"), "--dev-bind", "/", "/"]
    own_view += ["--unshare-pid", "--proc", "/proc", "--die-with-parent"]
    if subprocess.run([*own_view, "true"], capture_output=True).returncode:
        missing(f"no hub can be started with accounts of its own here. {NAMESPACES_REFUSED}")
    path = os.pathsep.join([str(_PROGRAMS), os.environ["PATH"]])
    require_tool("configurable-http-proxy", "make setup, with npm installed", path)
    folder.chmod(0o755)
    exchange = folder / "nbgrader" / "exchange"
    exchange.mkdir(parents=True)
    exchange.chmod(0o777)
    port = port or free_port()
    _configuration(folder, port, settings)
    command = [*own_view, *(["--cap-add", "ALL"] if os.getuid() == 0 else []), *_opened(), *_accounts(folder)]
    command += ["--bind", str(folder), "/srv", "--chdir", "/srv/hub"]
    command += [sys.executable, "-m", "jupyterhub", "--config=jupyterhub_config.py"]
    environment = {**os.environ, "PATH": path, "HOME": "/srv/hub"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        for line in process.stdout:
            said.append(line)
            if re.search(r"JupyterHub is now running", line):
                ready.set()
        ready.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        ready.wait(PATIENCE)
        assert process.poll() is None, "".join(said)
        yield Hub(f"http://127.0.0.1:{port}", folder / "home", exchange, said)
    finally:
        process.terminate()
        process.wait()
        listener.join()
        process.stdout.close()


def value(answer: requests.Response) -> Any:
    """What a door of nbgrader's gives: {"success": true, "value": …}."""
    found = json.loads(answer.text)
    assert found["success"], found
    return found.get("value")
