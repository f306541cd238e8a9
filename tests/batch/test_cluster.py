"""Grading on a Dask cluster: a real scheduler and three workers on this machine, in a checkout of their own.

The judge processes of that checkout are stand-ins that answer at once: what judges is tested elsewhere. The first of
them that meets the words below takes its worker with it, in the middle of its work, if that is not the one with a GPU.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import distributed
import pytest

from autograder import classroom
from autograder.grading import data
from autograder.grading.report import DEFERRED, GRADED, MANUAL, PASSED, Report, TaskResult, TestResult
from autograder.serve.pool import ClusterPool
from tests import course
from tests.gradebook.test_nbgrader_steps import marks
from tests.serve.conftest import make_served

FATAL = "# kill -9 the worker"
ON_GPU = TestResult("test_square_on_a_gpu", DEFERRED, 0.0, 3.0)
TASKS = {
    "double": TaskResult(2.0, 2.0, GRADED),
    "square": TaskResult(None, 3.0, DEFERRED, (ON_GPU,)),
    "explain": TaskResult(None, 2.0, MANUAL),
}
REPORT = Report(course.NAME, "", TASKS, "fake", 0.1)
SETTLED = TaskResult(3.0, 3.0, GRADED, (replace(ON_GPU, outcome=PASSED, points=3.0),))

JUDGE = f"""
import json, os, pathlib, signal, sys
from autograder.grading.assignment import Assignment
from autograder.grading.submission import read
root = pathlib.Path(json.loads(sys.stdin.readline())["root"])
for line in sys.stdin:
    question = json.loads(line)
    submission = read(pathlib.Path(question["file"]), Assignment.load(question["assignment"], root=root))
    if any({FATAL!r} in cell.source for cell in submission.cells):
        if "SPARED" not in os.environ and (root / "a-worker-to-kill").exists():
            (root / "a-worker-to-kill").unlink()
            os.kill(os.getppid(), signal.SIGKILL)
    name = "gpu.json" if question["tests"] else "report.json"
    report = json.loads((root / name).read_text())
    print(json.dumps({{"report": report, "errors": [], "submission": submission.digest}}), flush=True)
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the tiny assignment, in which workers run and which is the course folder, too."""
    root = course.make_course(tmp_path_factory.mktemp("checkout"))
    for folder in ("autograder", "assignments/common"):
        unwanted = shutil.ignore_patterns("__pycache__", "graders")
        shutil.copytree(course.REPOSITORY / folder, root / folder, ignore=unwanted, dirs_exist_ok=True)
    for file in ("autograder/graders/__init__.py", "assignments/contract.toml"):
        shutil.copy(course.REPOSITORY / file, root / file)
    # not in the place of the judge's own file: what decides a verdict must be the same on every worker
    local = root / "autograder" / "batch" / "local.py"
    local.write_text(
        local.read_text().replace("autograder.grading.judge_process", "autograder.batch.stand_in")
    )
    (local.parent / "stand_in.py").write_text(JUDGE)
    (root / "report.json").write_text(json.dumps(REPORT.to_json()))
    (root / "gpu.json").write_text(json.dumps(replace(REPORT, tasks={"square": SETTLED}).to_json()))
    return root


@pytest.fixture(scope="module")
def scheduler(checkout: Path) -> Iterator[str]:
    """The address of a scheduler with three workers, one of which declares a GPU."""
    file = checkout / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(checkout), "COURSE_DATA": str(data.folder() or "")}
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    worker = ["dask_worker", *common, "--no-nanny", "--nthreads", "1"]
    spared = [*worker, "--resources", "GPU=1"]
    commands = [["dask_scheduler", *common, "--port", "0", "--host", "127.0.0.1"], worker, worker, spared]
    with (checkout / "log.txt").open("w") as log:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{command}", *options],
                cwd=checkout,
                env=environment | ({"SPARED": "1"} if options[-1] == "GPU=1" else {}),
                stdout=log,
                stderr=log,
            )
            for command, *options in commands
        ]
    try:
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(3, timeout=60)
            yield client.scheduler.address
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def test_a_worker_killed_in_the_middle_costs_a_retry_and_not_a_mark(
    checkout: Path, scheduler: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"student-{number}" for number in range(6)]
    for name in names:
        source = f"def double(x):  # {name}\n    return 2 * x"
        course.hand_in(checkout, name, course.with_sources(double=f"{source}\n{FATAL}"))
    (checkout / "a-worker-to-kill").touch()
    assert classroom.grade(course.NAME, root=checkout, scheduler=scheduler) == 0
    assert not (checkout / "a-worker-to-kill").exists()
    entered = marks(checkout)
    assert sorted(entered) == names
    assert {mark["double-tests"].auto for mark in entered.values()} == {2.0}
    # the GPU tests went to the worker that has one
    assert {mark["square-tests"].auto for mark in entered.values()} == {3.0}
    assert capsys.readouterr().err == ""


def test_the_service_for_students_judges_on_the_cluster(checkout: Path, scheduler: str) -> None:
    pool = ClusterPool(scheduler)
    served = make_served(checkout, pool=pool)
    assert pool.size >= 1
    assert "2 of 2" in served.enter("ada").try_it()
    pool.close()
    served.store.close()


def test_a_worker_with_another_grader_refuses_in_one_sentence(
    checkout: Path, scheduler: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = course.make_course(tmp_path)
    grader = root / "autograder" / "graders" / f"{course.NAME}.py"
    grader.write_text(course.GRADER + "\n# corrected\n")
    course.hand_in(root, "ada", course.solved())
    assert classroom.grade(course.NAME, root=root, scheduler=scheduler) == 2
    said = capsys.readouterr().err
    assert "has another grader: bring its checkout to the same commit" in said
    assert said.count("\n") == 1


def test_without_a_scheduler_grading_is_refused_in_one_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograder.batch.cluster._CONNECT_SECONDS", 0.5)
    course.hand_in(root, "ada", course.solved())
    assert classroom.grade(course.NAME, root=root, scheduler="tcp://127.0.0.1:9") == 2
    said = capsys.readouterr().err
    assert said.startswith("autograder: no Dask scheduler answers at tcp://127.0.0.1:9")
    assert said.count("\n") == 1
