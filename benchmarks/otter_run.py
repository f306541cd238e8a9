"""Runs `otter run` on the same hidden tests: makes an environment with otter-grader, and an assignment's autograder
zip.

otter-grader is not part of the course. The first time that something is compared with it, it is installed into
`.cache/otter`, an environment that sees the course's packages and adds its own.

    python -m benchmarks --only otter [--size N]  times `otter run` on N correct Titanic submissions
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
import time
import venv
from pathlib import Path

from autograder.grading.assignment import REPOSITORY

REQUIREMENTS = Path(__file__).with_name("otter-requirements.txt")
FOLDER = REPOSITORY / ".cache" / "otter"

_TEST_FILE = """\
OK_FORMAT = False
from otter.test_files import test_case
from in_notebook import run_test

name = {task!r}
points = None
"""
_TEST_CASE = """

@test_case(points={points!r}, hidden=True)
def {name}(env):
    run_test({grader!r}, {name!r}, env)
"""


def program() -> Path:
    """The `otter` command, which is installed first if it is missing."""
    ready = FOLDER / REQUIREMENTS.read_text().split()[-1]
    if not ready.exists():
        print(f"Installing {ready.name} into {FOLDER.relative_to(REPOSITORY)} ...", flush=True)
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.create(FOLDER, with_pip=True)
        python = FOLDER / "bin" / "python"
        own = subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        )
        Path(own.strip(), "course.pth").write_text(sysconfig.get_path("purelib") + "\n")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        ready.touch()
    return FOLDER / "bin" / "otter"


def make_zip(assignment: str, grader: Path, folder: Path) -> Path:
    """The autograder zip: a test file for each coding task, a test case for each hidden test of `grader`."""
    from benchmarks.in_notebook import tests_of

    tests = folder / "tests"
    tests.mkdir(parents=True)
    files: dict[str, str] = {}
    for name, mark in tests_of(str(REPOSITORY / "autograder" / "graders" / f"{assignment}.py")):
        files.setdefault(mark.name, _TEST_FILE.format(task=mark.name))
        files[mark.name] += _TEST_CASE.format(points=mark.points, name=name, grader=str(grader))
    for task, text in files.items():
        (tests / f"{task.replace('-', '_')}.py").write_text(text)
    (folder / "otter_config.json").write_text(json.dumps({"show_hidden": True, "pdf": False}))
    command = [program(), "generate", "-t", "tests", "-c", "otter_config.json", "--no-requirements"]
    subprocess.run(
        [*command, "--no-environment", "-o", "autograder.zip"],
        cwd=folder,
        env=_environment(assignment),
        check=True,
        capture_output=True,
    )
    return folder / "autograder.zip"


def _environment(assignment: str) -> dict[str, str]:
    paths = [REPOSITORY, REPOSITORY / "benchmarks", REPOSITORY / "release" / assignment]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}


def marks(results: Path) -> dict[str, float]:
    """Points by task, of a results.json."""
    found: dict[str, float] = {}
    for test in json.loads(results.read_text())["tests"]:
        task = test["name"].split(" - ")[0].strip()
        found[task] = found.get(task, 0.0) + float(test.get("score") or 0.0)
    return found


def grade(assignment: str, notebooks: dict[str, bytes]) -> tuple[dict[str, float], float]:
    """Total points for each notebook, and the seconds for all together. Runs them unconfined: only for trusted ones."""
    grader = REPOSITORY / "autograder" / "graders" / f"{assignment}.py"
    points: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        archive = make_zip(assignment, grader, Path(folder, "make"))
        begin = time.perf_counter()
        for student, content in notebooks.items():
            own = Path(folder, student)
            own.mkdir()
            (own / f"{assignment}.ipynb").write_bytes(content)
            subprocess.run(
                [program(), "run", "--no-logo", "-a", archive, "-o", own, own / f"{assignment}.ipynb"],
                cwd=own,
                env=_environment(assignment),
                check=True,
                capture_output=True,
            )
            points[student] = sum(marks(own / "results.json").values())
        return points, time.perf_counter() - begin


def main(number: int) -> None:
    from corpora.corpus import cases

    chosen = cases("titanic", "correct")[:number]
    points, seconds = grade("titanic", {case.name: case.notebook() for case in chosen})
    print(
        f"otter run, the same checks as hidden tests, {len(points)} correct Titanic submissions as submitted"
    )
    print(f"  {seconds / len(points):8.1f} s a submission, {len(points) / seconds * 60:.1f} a minute")
    for name, total in points.items():
        print(f"  {name}: {total:g} points")
