"""The benchmarks: a grader's tests give the same points inside a notebook's own kernel; measurements are shown."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autograder.grading.assignment import Assignment
from benchmarks import alone, in_notebook, scale


@pytest.mark.parametrize("task", ["prepare", "logistic-regression", "train", "mlp"])
def test_the_solution_gets_full_marks_inside_its_own_process(task: str) -> None:
    assignment = Assignment.load("titanic")
    space: dict = {}
    exec(
        "import torch, numpy as np, pandas as pd\nfrom torch import nn\nimport torch.nn.functional as F",
        space,
    )
    for cell in assignment.tasks.values():
        if cell.kind == "coding":
            exec(assignment.reference(cell.name), space)
    points = in_notebook.points(str(assignment.grader_file), task, space)
    assert points == pytest.approx(assignment.tasks[task].points)


def test_the_longest_stall_is_the_longest_time_between_two_verdicts(tmp_path: Path) -> None:
    kept = tmp_path / "reports" / ".kept" / scale.ASSIGNMENT
    kept.mkdir(parents=True)
    for number, end in enumerate([5.0, 9.5, 6.0, 1.0]):
        file = kept / f"{number}.json"
        file.touch()
        os.utime(file, (end, end))
    assert scale.stall(tmp_path) == 4.0


def test_a_measured_class_is_a_row_and_a_point(tmp_path: Path) -> None:
    row = {
        "submissions": 1000,
        "judges": 2,
        "a minute": 97.4,
        "CPU beyond": 0.214,
        **{f"GiB {when}": 1.25 for when in scale.SHARES},
        "unchanged": 4.04,
        "stall": 1.5,
    }
    assert (
        scale.table([row]).splitlines()[-1] == "| 1,000 | 2 | 97 | 21% | 1.25, 1.25, 1.25 | 4.0 s | 1.5 s |"
    )
    picture = tmp_path / "scale.svg"
    scale.draw([row, {**row, "judges": 1, "submissions": 30}], picture)
    assert b"<svg" in picture.read_bytes()


def test_the_cpu_time_of_a_run_holds_that_of_processes_nobody_waits_for() -> None:
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    ignoring = "import signal, subprocess, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN)"
    run = scale._measured(
        [sys.executable, "-c", f"{ignoring}; subprocess.run([sys.executable, '-c', {burn!r}])"]
    )
    assert run.cpu_seconds > 0.4


def test_what_forks_compute_is_told_from_what_the_run_itself_computes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scale, "SAMPLE_SECONDS", 0.05)
    burn = "import time\nwhile time.process_time() < {}: pass\n"
    forks = "import subprocess, sys\nfor _ in range(8): subprocess.run([sys.executable, '-c', sys.argv[1]])\n"
    run = scale._measured([sys.executable, "-c", burn.format(0.6) + forks, burn.format(0.25)])
    assert 0.6 <= run.staying_seconds < 1.2  # its own loop and eight starts
    assert run.cpu_seconds - run.staying_seconds > 1.6  # eight of the others


def test_a_notebook_alone_may_say_that_a_task_is_open_but_not_fail() -> None:
    stub = {
        "output_type": "error",
        "ename": "NotImplementedError",
        "evalue": "",
        "traceback": ["one sentence"],
    }
    crash = {**stub, "ename": "KeyError", "evalue": "'Age'", "traceback": ["----", "Traceback", "KeyError"]}
    code = {"cell_type": "code", "execution_count": 1}
    text = {"cell_type": "markdown"}
    cells = [
        text,
        {**code, "outputs": [stub]},
        {**code, "outputs": [crash]},
        {**code, "execution_count": None},
    ]
    done = {"cells": [{"outputs": [], **cell} for cell in cells]}
    failed, unrun = "cell 3: KeyError: 'Age'", "cell 4 did not run"
    assert list(alone.complaints(done, solved=False)) == [failed, unrun]
    assert list(alone.complaints(done, solved=True)) == ["cell 2: NotImplementedError: ", failed, unrun]


def test_a_solved_notebook_alone_still_carries_its_files() -> None:
    untouched, solved = (alone.notebook("titanic", is_solved)["cells"] for is_solved in (False, True))
    assert len(untouched) == len(solved)
    changed = [
        cell["source"]
        for cell, other in zip(solved, untouched, strict=True)
        if cell["source"] != other["source"]
    ]
    assert changed
    assert not any("NotImplementedError" in "".join(source) for source in changed)
    assert any("_unpack_companions" in "".join(cell["source"]) for cell in solved)
