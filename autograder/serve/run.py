"""`make serve`: the service as a process, from its lock to its last log line."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from autograder.batch.alone import AnotherRun, locked
from autograder.batch.submitted import is_no_folder_name
from autograder.grading.assignment import Assignment, AssignmentError, Refusal, released
from autograder.grading.safe_text import say, visible
from autograder.serve.app import Service
from autograder.serve.attempts import write_attempts
from autograder.serve.grading_queue import GradingQueue
from autograder.serve.hub import Hub
from autograder.serve.metrics import Metrics
from autograder.serve.pool import ClusterPool, LocalPool, Pool
from autograder.serve.rules import FILE, in_words
from autograder.serve.rules_file import RulesFile
from autograder.serve.store import FOLDER, Store

log = logging.getLogger("autograder.serve")
_PLAIN_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class ServeRefused(Refusal):
    """The service cannot start; the message is one sentence that says what to do."""


def assignments_of(root: Path) -> dict[str, Assignment]:
    """The assignments that are built. Raises ServeRefused if there are none."""
    found = {}
    for name in released(root):
        with contextlib.suppress(AssignmentError):
            if not is_no_folder_name(name):
                found[name] = Assignment.load(name, root=root)
    if not found:
        raise ServeRefused("no assignment is released: run `make release`")
    return found


def serve(
    root: Path,
    host: str = "127.0.0.1",
    port: int = 8100,
    jobs: int | None = None,
    sandbox: str | None = None,
    scheduler: str | None = None,
) -> int:
    """Serve the course folder `root` until SIGTERM or Ctrl-C.

    Raises:
        ServeRefused, RulesRefused, JudgingRefused: one sentence each.
    """
    logging.getLogger().handlers[:] = [_handler()]
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    assignments = assignments_of(root)
    rules = RulesFile(root, assignments)
    with _alone(root):
        store, metrics = Store.of_course(root), Metrics()
        served = {name: one for name, one in assignments.items() if name in rules().rules}
        pool: Pool
        if scheduler is None:
            pool = LocalPool(root, list(served), jobs, sandbox)
        else:
            pool = ClusterPool(scheduler, sandbox)
        queue = GradingQueue(root, store, pool, assignments, rules, metrics)
        app = Service(root, store, queue, rules, metrics, _key(root), Hub.of_environment()).app()
        course = rules()
        if course.is_of_another_port(port):
            say(
                f"students' browsers look for {course.address}, and this listens on port {port}: set address in {FILE}"
            )
        print(f"Try my notebook: {course.address} (listening on {host}:{port}); Ctrl-C stops it", flush=True)
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips="127.0.0.1,::1",
            limit_concurrency=1000,
            timeout_keep_alive=10,
            h11_max_incomplete_event_size=16 * 1024,
            ws="none",
        )
        store.close()
    return 0


def attempts(root: Path, name: str | None) -> int:
    """Write the pages of the attempts, for one assignment or for all. Raises ServeRefused, RulesRefused."""
    assignments = assignments_of(root)
    if name is not None and name not in assignments:
        raise ServeRefused(f"no assignment {name}: there are {', '.join(assignments)}")
    rules = RulesFile(root, assignments)().rules
    store = Store.of_course(root)
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    written = 0
    for one in [name] if name else assignments:
        words = in_words(rules[one]) if one in rules else ["This assignment is not served."]
        for file in write_attempts(root, one, store, words, made):
            print(file.relative_to(root))
            written += 1
    store.close()
    if not written:
        raise ServeRefused("nobody has uploaded a notebook yet")
    return 0


def address_of(root: Path) -> str:
    """Where students' browsers find the service. Raises ServeRefused, RulesRefused."""
    return RulesFile(root, assignments_of(root))().address


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Allows one service at a time: two would judge the same notebook. The kernel releases the lock however it ends."""
    folder = root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(
                locked(folder / "lock", "another service runs in this course folder: stop it first")
            )
        except AnotherRun as error:
            raise ServeRefused(str(error)) from None
        yield


def _key(root: Path) -> bytes:
    """The secret of this service's cookies, made once."""
    file = root / FOLDER / "key"
    with contextlib.suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(32))
    return file.read_bytes()


class _JsonLines(logging.Formatter):
    """A line of JSON for each event: what happened, to which attempt. A notebook's content is never logged."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": visible(record.getMessage()),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN_RECORD}
        if record.exc_info:
            kind, _, trace = record.exc_info
            line["error"] = kind.__name__ if kind else ""  # without the message, which may quote a notebook
            line["where"] = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(trace)]
        return json.dumps(line, default=str)


def _handler() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    return handler
