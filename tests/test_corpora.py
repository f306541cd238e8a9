"""Every submission of the corpora gets exactly what it declares, and none reaches anything but its own marks.

The corpora (tests/submissions, read by corpus.py) hold right answers in many styles, honest mistakes, damaged
notebooks and attacks. Attacks that succeed leave a trace: the loot in a message after the word `TROPHY`, a marker
file, a process called `corpus-stray`, or bytes at one of the listeners.
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
from functools import cache
from pathlib import Path

import pytest

from autograder.assignment import Assignment
from autograder.judge import Judge
from autograder.report import Report
from autograder.submission import UnreadableSubmission
from tests import corpus

TROPHY = "STOLEN:"
SECRET = "CORPUS_SECRET"
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
SENTINEL_EVERY = 10
PROMISED = {"titanic": {"correct": 6, "wrong": 30, "mangled": 30, "hostile": 40}}

THOROUGH = os.environ.get("CORPORA") == "all"
"""`make test CORPORA=all` runs every attack; the tests of every day those on one assignment, to keep them short."""

HONEST = [case for case in corpus.cases() if case.kind != "hostile"]
HOSTILE = [
    case
    for case in corpus.cases()
    if case.kind == "hostile" and (THOROUGH or case.assignment == "linear-regression")
]
ASSIGNMENTS = sorted({case.assignment for case in HONEST + HOSTILE})


def name_of(case: corpus.Case) -> str:
    return f"{case.assignment}-{case.kind}-{case.name}"


def hostile_with_sentinels() -> list:
    """The attacks, and after each batch of them the solved notebook, whose marks they must not have changed."""
    items = []
    for number, case in enumerate(HOSTILE, start=1):
        items.append(pytest.param(case, id=name_of(case)))
        if number % SENTINEL_EVERY == 0 or number == len(HOSTILE):
            items.append(
                pytest.param(untouched(case.assignment), id=f"{case.assignment}-solved-after-{number}")
            )
    return items


def untouched(assignment: str) -> corpus.Case:
    """The solved notebook itself, which must get full marks."""
    return corpus.Case(
        path=Path("solved.py"),
        assignment=assignment,
        kind="sentinel",
        what="the solved notebook",
        expect={},
        messages=(),
        repairs=(),
        unreadable=None,
        cells=(),
        mangle=None,
    )


class Listeners:
    """Sockets on this machine that no submission may reach; `heard` is what did reach them."""

    def __init__(self) -> None:
        self._sockets = []
        for family, kind, address in (
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
            (socket.AF_UNIX, socket.SOCK_STREAM, str(SOCKET_FILE)),
            (socket.AF_UNIX, socket.SOCK_STREAM, "\0corpus-listener"),
        ):
            # pytest's workers share these: where another one listens already, it is the one that hears
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


@pytest.fixture(scope="session")
def listeners() -> Iterator[Listeners]:
    """What attacks look for: somebody who listens, and a file with a secret. pytest's workers share them."""
    SECRET_FILE.write_text("CORPUS: in a file of the judge")
    SECRET_FILE.chmod(0o600)
    with SOCKET_FILE.with_suffix(".lock").open("w") as lock:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            SOCKET_FILE.unlink(missing_ok=True)  # what a killed run left
        listening = Listeners()
        SOCKET_FILE.chmod(0o777)  # only the sandbox stands between it and a submission
        yield listening
        listening.close()


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """One judge for all cases, in an environment that holds a secret."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET, "in the environment of the judge")
        patch.setattr("autograder.judge.CELL_SECONDS", 5.0)  # cells that never end are dear in their dozens
        with Judge(sandbox=None) as judge:
            yield judge


load_assignment = cache(Assignment.load)


def grade(case: corpus.Case, judge: Judge, folder: Path, seed: int | None = None) -> Report:
    judge.errors.clear()
    file = folder / f"{case.assignment}.ipynb"
    file.write_bytes(case.notebook())
    return judge.grade(file, load_assignment(case.assignment), seed=seed, only=case.touched)


def leaks(report: Report) -> list[str]:
    """What the report tells a student and must not: loot, and where things lie on this machine."""
    told = json.dumps(report.to_json())
    forbidden = [TROPHY, SECRET, "in the environment of the judge", str(corpus.REPOSITORY), "graders/"]
    return [word for word in forbidden if word in told]


def strays() -> list[str]:
    """Processes of hostile submissions that still live."""
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


@pytest.mark.parametrize("case", [pytest.param(case, id=name_of(case)) for case in HONEST])
def test_gets_what_it_declares(case: corpus.Case, judge: Judge, tmp_path: Path) -> None:
    if case.unreadable is not None:
        with pytest.raises(UnreadableSubmission) as refusal:
            grade(case, judge, tmp_path)
        said = str(refusal.value)
        assert any(words.lower() in said.lower() for words in case.unreadable.split("|")), said
        assert len(said.splitlines()) == 1
        return
    report = grade(case, judge, tmp_path)
    assert case.check(report) == []
    assert leaks(report) == []
    assert judge.errors == []


@pytest.mark.parametrize("case", hostile_with_sentinels())
def test_an_attack_earns_what_its_code_earns(
    case: corpus.Case,
    judge: Judge,
    listeners: Listeners,
    tmp_path: Path,
) -> None:
    report = grade(case, judge, tmp_path)
    assert case.check(report) == []
    assert leaks(report) == []
    assert judge.errors == []
    assert strays() == []
    assert markers() == []
    assert listeners.heard() == []


@pytest.mark.parametrize("assignment", PROMISED)
def test_the_corpora_are_as_large_and_varied_as_promised(assignment: str) -> None:
    have = {kind: len(corpus.cases(assignment, kind)) for kind in corpus.KINDS}
    assert {kind for kind, least in PROMISED[assignment].items() if have[kind] < least} == set()
    mistaken = [task for case in corpus.cases(assignment, "wrong") for task in case.expect]
    assert {task for task in corpus.tasks_of(assignment).coding if mistaken.count(task) < 3} == set()


@pytest.mark.parametrize("assignment", PROMISED)
def test_every_correct_style_solves_every_task_itself(assignment: str) -> None:
    coding = set(corpus.tasks_of(assignment).coding)
    for case in corpus.cases(assignment, "correct"):
        assert coding <= {cell.name for cell in case.cells}, case.name
        assert case.expect == {}, case.name
