"""The service as a process: killed in the middle, started again, stopped; with the judges of `make grade`."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.__main__ import _parser
from autograder.batch.judging import JudgingRefused
from autograder.grading.assignment import REPOSITORY
from autograder.serve.run import ServeRefused, _alone
from autograder.serve.store import DONE, RUNNING, WAITING, Store
from tests import course
from tests.serve.conftest import EASY, MadeUpPool, Served, answer, make_served, until, verdict

REAL = "from autograder.serve.run import serve"
STUCK = f"""
import threading
from autograder.serve import run
class Stuck:
    size = 1
    def __init__(self, *_): pass
    def ask(self, unit): threading.Event().wait()
    def close(self): pass
run.LocalPool = Stuck
{REAL}
"""
"""A service whose judges never answer."""


def test_a_database_from_before_is_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'serve.db'}"
    store = Store(url)
    store.add("ada", course.NAME, "served/1.ipynb", now=1.0)
    store.close()
    with sqlite3.connect(tmp_path / "serve.db") as database:
        database.execute("ALTER TABLE serve_attempts DROP COLUMN results")
    store = Store(url)
    assert [one.student for one in store.attempts()] == ["ada"]
    store.close()


@contextmanager
def running(root: Path, code: str, log: Path) -> Iterator[tuple[subprocess.Popen, str]]:
    """The process and its address, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    call = f"serve(Path({str(root)!r}), port={port}, jobs=1)"
    code = f"import autograder.startup\nfrom pathlib import Path\n{code}\n{call}"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with log.open("a") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: process.poll() is not None or answer(f"{address}/healthz"))
        assert process.poll() is None, log.read_text()
        yield process, address
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()


def test_killed_in_the_middle_it_comes_back_with_its_queue_and_judges_it(root: Path) -> None:
    (root / "serve.toml").write_text(EASY)
    store = Store.of_course(root)
    codes = {name: store.invite(name) for name in ("ada", "bob")}
    log = root / "log"
    wrong = course.with_sources(square="def square(x):\n    return x + x  # words of the notebook")
    with running(root, STUCK, log) as (process, address):
        for code in codes.values():
            assert answer(f"{address}/try/tiny", code, json.dumps(wrong).encode())
        until(lambda: store.attempt(1).state == RUNNING)
        process.kill()
    assert [one.state for one in store.attempts()] == [RUNNING, WAITING]

    with running(root, REAL, log) as (process, address):
        until(lambda: all(one.state == DONE for one in store.attempts()))
        said = answer(f"{address}/attempt/1/state", codes["ada"])["text"]
        assert answer(f"{address}/attempt/1/state", codes["bob"]) is None
        # a change of the grader holds for the next upload
        grader = root / "autograder" / "graders" / "tiny.py"
        grader.write_text(grader.read_text().replace("not the square", "a square is something else"))
        assert answer(f"{address}/try/tiny", codes["ada"], json.dumps(wrong).encode())
        until(lambda: store.attempt(3).state == DONE)
        assert "a square is something else" in answer(f"{address}/attempt/3/state", codes["ada"])["text"]
        process.send_signal(signal.SIGTERM)
        process.wait()
    assert "square: 0 of 3 points" in said and "not the square" in said and "double: 2 of 2 points" in said
    assert [(one.student, one.tries) for one in store.attempts()] == [("ada", 2), ("bob", 1), ("ada", 1)]
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line["attempt"] for line in lines if line["event"] == "verdict"] == [1, 2, 3]
    assert "words of the notebook" not in log.read_text() and "not the square" not in log.read_text()
    store.close()


def test_a_clean_stop_finishes_what_runs_and_keeps_the_rest(root: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(unit):
        begun.set()
        go_on.wait()
        return verdict(unit)

    served = make_served(root, pool=MadeUpPool(answer=slowly))
    for name in ("ada", "bob"):
        served.enter(name).upload()
    served.queue.start()
    begun.wait()
    stop = threading.Thread(target=served.queue.stop)
    stop.start()
    until(served.queue._stopping.is_set)
    go_on.set()
    stop.join()
    assert [one.state for one in served.store.attempts()] == [DONE, WAITING]


def test_two_services_never_judge_one_queue(root: Path) -> None:
    with _alone(root), pytest.raises(ServeRefused, match="another service runs"), _alone(root):
        pass


def test_a_cluster_that_comes_back_is_asked_again(monkeypatch) -> None:
    from autograder.serve import pool as pools

    class Cluster:
        threads = 2

        def __init__(self, works: bool) -> None:
            self.works = works

        def ask(self, unit):
            if not self.works:
                raise JudgingRefused("the scheduler is gone")
            return {"report": unit}

        def __exit__(self, *_: object) -> None:
            pass

    clusters = iter([Cluster(works=False), Cluster(works=True)])
    monkeypatch.setattr(pools.ClusterPool, "_connect", lambda self: next(clusters))
    pool = pools.ClusterPool("tcp://nowhere")
    with pytest.raises(JudgingRefused):
        pool.ask("a notebook")
    assert pool.size == 2 and pool.ask("a notebook") == {"report": "a notebook"}


def test_the_command_of_the_unit_exists() -> None:
    text = (REPOSITORY / "docs" / "serve.md").read_text(encoding="utf-8")
    unit = re.search(r"^ExecStart=\S+python -m autograder (.*)$", text, re.MULTILINE)[1].split()
    assert _parser().parse_args(unit).run.__name__ == "_serve"


def test_many_students_are_judged_once_each(root: Path) -> None:
    served: Served = make_served(root, pool=MadeUpPool(size=4))
    visitors = [served.enter(f"student-{number}") for number in range(12)]
    for visitor in visitors:
        visitor.upload()
    served.queue.start()
    until(lambda: all(one.state == DONE for one in served.store.attempts()))
    served.queue.stop()
    assert sorted(unit.submitted.student for unit in served.pool.asked) == sorted(
        f"student-{number}" for number in range(12)
    )
