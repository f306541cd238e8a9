"""`make bench`: a class of forty Titanic submissions, graded by this repository and by plain `nbgrader autograde`.

The class is made from the corpora: the correct submissions and the first of the wrong ones. Plain nbgrader runs the
same hidden graders inside each student's kernel (in_notebook.py), without a sandbox. It executes a notebook as
submitted, including the cells that draw figures, which our grading does not run. So it is timed a second time without
those cells. It is slow: by default it grades every fifth submission of the class.

    python -m benchmarks.titanic_class [--class N] [--every N]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from autograder.grading.assignment import REPOSITORY

ASSIGNMENT = "titanic"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--class", type=int, default=40, dest="size", help="submissions in the class")
    parser.add_argument("--every", type=int, default=5, help="plain nbgrader grades each Nth of them")
    options = parser.parse_args(arguments)
    from corpora.corpus import cases

    kinds = {"correct": 0, "wrong": 1}
    chosen = [case for case in cases(ASSIGNMENT) if case.kind in kinds]
    chosen = sorted(chosen, key=lambda case: kinds[case.kind])[: options.size]
    notebooks = {f"{case.kind}-{case.name}".replace("_", "-"): case.notebook() for case in chosen}
    correct = [name for name in notebooks if name.startswith("correct-")]
    sample = dict(list(notebooks.items())[:: options.every])

    with tempfile.TemporaryDirectory() as folder:
        print(
            f"A class of {len(notebooks)} Titanic submissions, {len(correct)} of them correct, "
            f"on {os.cpu_count()} cores.\n"
        )
        marks, seconds = _ours(Path(folder, "ours"), notebooks)
        _overhead(notebooks, correct)
        print(f"Plain nbgrader autograde, the same checks as in-notebook hidden tests, {len(sample)} of them")
        plain_marks, plain_seconds = _plain(Path(folder, "plain"), sample)
        _, bare_seconds = _plain(Path(folder, "bare"), sample, figures=False)

    rate = len(notebooks) / seconds * 60
    for plain_rate, what in (
        (len(sample) / plain_seconds * 60, "as submitted"),
        (len(sample) / bare_seconds * 60, "with its figures taken out"),
    ):
        print(
            f"\nThroughput: {rate:.0f} against {plain_rate:.1f} submissions a minute {what}, "
            f"{rate / plain_rate:.1f} times as many.",
            end="",
        )
    print()
    differing = [name for name in correct if name in plain_marks and marks[name] != plain_marks[name]]
    both = [name for name in correct if name in plain_marks]
    print(
        f"Correct solutions with the same marks from both: {len(both) - len(differing)} of {len(both)}"
        + "".join(f"\n  {name}: {marks[name]:g} here, {plain_marks[name]:g} there" for name in differing)
    )


def _ours(course: Path, notebooks: dict[str, bytes]) -> tuple[dict[str, float], float]:
    for tree in ("release", "solutions"):
        shutil.copytree(REPOSITORY / tree / ASSIGNMENT, course / tree / ASSIGNMENT)
    (course / "autograder").mkdir()
    (course / "autograder" / "graders").symlink_to(REPOSITORY / "autograder" / "graders")
    _submit(course, notebooks)
    command = [
        sys.executable,
        "-c",
        f"from autograder.classroom import grade; raise SystemExit(grade({ASSIGNMENT!r}, root={str(course)!r}))",
    ]
    seconds, memory = _timed(command, REPOSITORY, {})
    again, _ = _timed(command, REPOSITORY, {})
    reports = json.loads((course / "reports" / ASSIGNMENT / "class.json").read_text())
    rungs = ", ".join(sorted({report["sandbox"] for report in reports}))
    print(f"This repository (sandbox: {rungs})")
    print(f"  {seconds:8.1f} s for the class, start included; peak memory {memory:.1f} GiB")
    print(
        f"  {again:8.1f} s for the same class again, unchanged: {again / len(notebooks):.3f} s a submission"
    )
    return {report["student"]: report["score"] for report in reports}, seconds


def _overhead(notebooks: dict[str, bytes], names: list[str]) -> None:
    """Measures the time of a submission beyond the student's own computing, one after another in one judge."""
    from autograder.grading.assignment import Assignment
    from autograder.grading.judge import Judge
    from autograder.grading.submission import read

    assignment = Assignment.load(ASSIGNMENT)
    overheads, totals = [], []
    with Judge() as judge:
        seed = 1  # the same for all, as in a run over a class
        judge.grade(read(notebooks[names[0]], assignment), assignment, seed=seed)  # imports the grader
        for name in names * 2:
            report = judge.grade(read(notebooks[name], assignment), assignment, seed=seed)
            overheads.append(report.overhead)
            totals.append(report.seconds)
    print(
        f"  {statistics.median(overheads):8.3f} s a submission beyond the student's own computing (median; "
        f"{min(overheads):.3f} to {max(overheads):.3f}), of {statistics.median(totals):.2f} s in all"
    )


def _plain(course: Path, notebooks: dict[str, bytes], figures: bool = True) -> tuple[dict[str, float], float]:
    source = course / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    release = json.loads((REPOSITORY / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
    released = with_hidden_tests(release, REPOSITORY / "autograder" / "graders" / f"{ASSIGNMENT}.py")
    (source / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(released if figures else drop_figures(released)))
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'plain'\n")
    paths = [REPOSITORY, REPOSITORY / "benchmarks", REPOSITORY / "release" / ASSIGNMENT]
    environment = {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    nbgrader = Path(sys.executable).parent / "nbgrader"
    environment["PATH"] = f"{nbgrader.parent}{os.pathsep}{os.environ['PATH']}"
    _timed([str(nbgrader), "generate_assignment", ASSIGNMENT], course, environment)
    if not figures:
        notebooks = {name: _without_figures(content) for name, content in notebooks.items()}
    _submit(course, notebooks)
    seconds, memory = _timed([str(nbgrader), "autograde", ASSIGNMENT], course, environment)
    what = "as submitted" if figures else "without the cells that draw figures"
    print(f"  {seconds / len(notebooks):8.1f} s a submission {what}; peak memory {memory:.1f} GiB")
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "plain") as gradebook:
        submissions = gradebook.assignment_submissions(ASSIGNMENT)
        return {submission.student_id: submission.score for submission in submissions}, seconds


def with_hidden_tests(notebook: dict, grader: Path) -> dict:
    """A released notebook whose test cells run the hidden tests of `grader`."""
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("grade") and cell["cell_type"] == "code":
            task = mark["grade_id"].removesuffix("-tests")
            cell["source"] = (
                "### BEGIN HIDDEN TESTS\n"
                "from in_notebook import points as _points\n"
                f"_points({str(grader)!r}, {task!r}, globals())\n"
                "### END HIDDEN TESTS"
            )
    return notebook


def _without_figures(content: bytes) -> bytes:
    return json.dumps(drop_figures(json.loads(content))).encode()


def drop_figures(notebook: dict) -> dict:
    """The notebook without the cells that draw figures, which our own grading does not run."""
    cells = notebook["cells"]
    notebook["cells"] = [
        cell
        for cell in cells
        if not cell["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("show-")
    ]
    return notebook


def _submit(course: Path, notebooks: dict[str, bytes]) -> None:
    for student, content in notebooks.items():
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}.ipynb").write_bytes(content)


def _timed(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Wall seconds of a command, and the peak memory of its processes together, in GiB (shared pages counted once)."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watcher.start()
        code = process.wait()
        seconds = time.perf_counter() - begin
        watcher.join()
        if code:
            output.seek(0)
            last = output.read()[-3000:].decode("utf-8", "replace")
            raise SystemExit(f"{' '.join(command[:3])} ended with {code}:\n{last}")
    return seconds, peak[0] / 2**30


def _watch(process: subprocess.Popen, peak: list[int]) -> None:
    while process.poll() is None:
        total = 0
        try:
            root = psutil.Process(process.pid)
            for one in [root, *root.children(recursive=True)]:
                with contextlib.suppress(OSError):
                    rollup = Path(f"/proc/{one.pid}/smaps_rollup").read_text()
                    total += 1024 * int(rollup.split("\nPss:")[1].split()[0])
        except psutil.Error:
            break
        peak[0] = max(peak[0], total)
        time.sleep(2)  # this makes the kernel walk all pages of each: sample rarely


if __name__ == "__main__":
    main()
