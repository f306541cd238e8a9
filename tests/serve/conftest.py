"""The service around a small course, with judges that are made up: it answers in this process, without a network."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from autograder.batch.judging import Unit
from autograder.grading.assignment import Assignment, released
from autograder.grading.report import Report
from autograder.serve.app import Service
from autograder.serve.grading_queue import GradingQueue
from autograder.serve.hub import Hub
from autograder.serve.metrics import Metrics
from autograder.serve.middleware import Buckets
from autograder.serve.pool import Pool
from autograder.serve.rules_file import RulesFile
from autograder.serve.store import Store
from tests import course
from tests.pages.conftest import made_up

ADDRESS = "http://testserver"
START = 1_800_000_000.0
EASY = f"""
address = "{ADDRESS}"
cooldown_seconds = 0
attempts_per_hour = 100
attempts_per_day = 100
"""
"""Rules that are in nobody's way."""
WRONG = course.with_sources(square="def square(x):\n    return x + x")
MESSAGE = "Squaring.\nYour code raised ValueError: no\n  in the cell square, line 3: raise ValueError"
TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


@dataclass
class MadeUpPool:
    """Judges that say what a test tells them to."""

    size: int = 1
    answer: Callable[[Unit], dict[str, Any]] = field(default=lambda unit: verdict(unit))
    asked: list[Unit] = field(default_factory=list)
    renewed: int = 0

    def ask(self, unit: Unit) -> dict[str, Any]:
        self.asked.append(unit)
        return self.answer(unit)

    def renew(self) -> None:
        self.renewed += 1

    def close(self) -> None:
        pass


def verdict(unit: Unit, report: Report | None = None) -> dict[str, Any]:
    report = report or made_up(unit.submitted.student)
    return {"report": report.to_json(), "errors": [], "submission": unit.grounds["submission"]}


@dataclass
class Served:
    """A service, and all that is behind it."""

    root: Path
    store: Store
    queue: GradingQueue
    pool: Any
    metrics: Metrics
    app: Any
    now: float = START

    def enter(self, person: str, role: str = "student") -> Visitor:
        visitor = Visitor(self, self.store.invite(person, role), self._client())
        form = {"code": visitor.code}
        answer = visitor.client.post("/enter", data=form, headers={"Origin": ADDRESS})
        assert answer.status_code in (200, 303), answer.text
        return visitor

    def stranger(self) -> TestClient:
        return self._client()

    def _client(self) -> TestClient:
        return TestClient(self.app, base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=False)

    def judge_all(self) -> None:
        while self.queue.judge_next():
            pass


@dataclass
class Visitor:
    """Somebody's browser, after they opened their link."""

    served: Served
    code: str
    client: TestClient

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    @property
    def token(self) -> str:
        return TOKEN.search(self.client.get("/").text)[1]

    def post(self, path: str, origin: str | None = ADDRESS, **options: Any) -> Any:
        headers = {"Origin": origin} if origin is not None else {}
        return self.client.post(path, headers=headers | options.pop("headers", {}), **options)

    def upload(self, content: bytes | dict | None = None, **options: Any) -> Any:
        """The answer to an upload of the page's form."""
        files = {"notebook": (options.pop("filename", "tiny.ipynb"), as_bytes(content))}
        data = {"token": options.pop("token", None) or self.token}
        return self.post(options.pop("path", f"/try/{course.NAME}"), data=data, files=files, **options)

    def try_it(self, content: bytes | dict | None = None) -> str:
        """Uploads, has it judged, and returns the page that the student comes to."""
        answer = self.upload(content)
        assert answer.status_code == 303, answer.text
        self.served.judge_all()
        return self.get(answer.headers["location"]).text


def as_bytes(content: bytes | dict | None) -> bytes:
    if isinstance(content, bytes):
        return content
    return json.dumps(course.solved() if content is None else content).encode()


def make_served(
    root: Path, rules: str = EASY, pool: Pool | None = None, hub: Hub | None = None, **buckets: Buckets
) -> Served:
    (root / "serve.toml").write_text(rules)
    assignments = {name: Assignment.load(name, root=root) for name in released(root)}
    rules_file = RulesFile(root, assignments)
    store, metrics, pool = Store.of_course(root), Metrics(), pool or MadeUpPool()
    queue = GradingQueue(root, store, pool, assignments, rules_file, metrics, clock=lambda: served.now)
    app = Service(root, store, queue, rules_file, metrics, b"a key", hub).app(**buckets)
    served = Served(root, store, queue, pool, metrics, app)
    return served


@pytest.fixture
def served(root: Path) -> Served:
    return make_served(root)


def until(holds: Callable[[], Any]) -> Any:
    """What `holds` returns, as soon as that is true."""
    end = time.monotonic() + 300
    while not (found := holds()):
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)
    return found


def answer(address: str, code: str = "", content: bytes | None = None) -> Any:
    request = urllib.request.Request(address, content, {"Authorization": f"Bearer {code}"})
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)
    except urllib.error.URLError:
        return None


@dataclass
class Open:
    """A service that a browser can reach; a verdict comes when `go` is set."""

    served: Served
    address: str
    go: threading.Event

    def link(self, person: str, role: str = "student") -> str:
        return f"{self.address}/enter#{self.served.store.invite(person, role)}"


@pytest.fixture(scope="module")
def open_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    go = threading.Event()

    def judge(unit):
        go.wait()
        failing = ("test_square",) if "x + x" in unit.submitted.file.read_text() else ()
        return verdict(unit, made_up(unit.submitted.student, failing=failing, message=MESSAGE))

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    rules = f'address = "{address}"\ncooldown_seconds = 0\nattempts_per_hour = 2\ncloses = "2099-01-01 12:00 UTC"\n'
    served = make_served(course.make_course(tmp_path_factory.mktemp("open")), rules, MadeUpPool(answer=judge))
    port = int(address.rpartition(":")[2])
    server = uvicorn.Server(
        uvicorn.Config(served.app, host="127.0.0.1", port=port, log_config=None, ws="none")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: answer(f"{address}/healthz"))
    yield Open(served, address, go)
    go.set()
    server.should_exit = True
    thread.join()
