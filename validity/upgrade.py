"""`make upgrade-check`: do the newest and the oldest libraries give the same verdicts as this environment?

    python -m validity.upgrade [--quick] [--jobs N] [--only newest|oldest] [ASSIGNMENT ...]

Two environments are made next to .venv: `newest`, with the newest libraries that the registry serves and the newest
Python on PATH, and `oldest`, with the oldest libraries that pyproject.toml allows and the oldest Python. Solved
notebooks, the correct and the wrong submissions of the corpora and one mutant in ten are graded in these two and in the
environment that runs this, with the same seed. Every test whose outcome or points differ is listed; if there are any,
the exit status is 1.

The same file does the grading in each environment: this one, run by the environment's Python with --into.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder.grading.assignment import REPOSITORY, Assignment, names
from corpora import corpus
from validity.grading import Grading, Outcome, grade_all, judges
from validity.measures import case_of, coding_tasks, in_sample, solved
from validity.mutants import mutants

NEWEST, OLDEST = "newest", "oldest"
MINORS = range(11, 30)
"""Minor versions of Python that are looked for; pyproject.toml allows 3.11 and later."""

Verdicts = dict[str, dict[str, list[Any]]]
"""Outcome, points and message of each test, of each submission."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make upgrade-check", description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all of them by default")
    parser.add_argument("--quick", action="store_true", help="a tenth of it, chosen by a fixed rule")
    parser.add_argument("--jobs", type=int, help="judges side by side; as many as cores by default")
    parser.add_argument("--only", choices=(NEWEST, OLDEST), help="this environment alone")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if unknown := set(options.assignments) - set(names()):
        parser.error(f"no assignment {', '.join(sorted(unknown))}: there are {', '.join(names())}")
    if options.into:
        verdicts = grade(options.assignments or names(), options.quick, options.jobs)
        options.into.write_text(json.dumps({"versions": versions(), "verdicts": verdicts}), encoding="utf-8")
        return 0
    given = [*options.assignments, *(["--quick"] if options.quick else [])]
    given += ["--jobs", str(options.jobs)] if options.jobs else []
    here = graded_by(Path(sys.executable), given)
    differing = 0
    for which in [options.only] if options.only else [NEWEST, OLDEST]:
        there = graded_by(environment(which), given)
        lines = differences(here["verdicts"], there["verdicts"])
        differing += len(lines)
        count = sum(map(len, there["verdicts"].values()))
        print(f"\n{which}: {len(lines)} of {count} tests of {len(there['verdicts'])} submissions differ")
        print(*(f"  {line}" for line in changed(here["versions"], there["versions"])), sep="\n")
        print(*lines, sep="\n", flush=True)
    return int(differing > 0)


# ---- the environments


def requirements(which: str) -> list[str]:
    """What pyproject.toml asks for: to run the course, its assignments, and what students may import.

    For `oldest`, libraries with a lower bound get that version; the others get the newest that works with these.
    """
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["assignments"], *extras["students"]]
    return [name.replace(">=", "==") if which == OLDEST else name for name in wanted]


def pythons() -> list[str]:
    """Working Pythons on PATH, the oldest first; if there is none, the one that runs this."""
    found = [f"python3.{minor}" for minor in MINORS if shutil.which(f"python3.{minor}")]
    # pyenv puts commands on PATH that only print that they are not selected
    runs = [
        name for name in found if not subprocess.run([name, "-c", ""], stderr=subprocess.DEVNULL).returncode
    ]
    return runs or [sys.executable]


def environment(which: str) -> Path:
    """The Python of an environment with these libraries; made, or brought up to date."""
    base = pythons()[-1 if which == NEWEST else 0]
    # next to .venv: in the repository, the sandbox shows a worker no other folder
    folder = REPOSITORY / f".venv-{which}-{Path(base).name}"
    python = folder / "bin" / "python"
    print(f"Installing the {which} libraries into {folder.name} ...", flush=True)
    if not python.exists():
        subprocess.run([base, "-m", "venv", "--clear", folder], check=True)
    uv = shutil.which("uv") or shutil.which("uv", path=Path(sys.executable).parent)  # set-up puts it there
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    eager = {**os.environ, "PIP_UPGRADE_STRATEGY": "eager"}  # uv does this by default
    subprocess.run([*install, "-qq", "--upgrade", *requirements(which)], check=True, env=eager)
    return python


def graded_by(python: Path, given: list[str]) -> dict[str, Any]:
    """What `grade` returns in this Python's environment."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "verdicts.json")
        print(f"Grading with {python} ...", flush=True)
        command = [python, "-m", "validity.upgrade", *given, "--into", file]
        if subprocess.run(command, cwd=REPOSITORY).returncode:
            raise SystemExit(f"make upgrade-check: grading with {python} ended with the error above")
        return json.loads(file.read_text(encoding="utf-8"))


# ---- in each environment


def grade(assignments: list[str], quick: bool, jobs: int | None) -> Verdicts:
    chosen = {
        # outcomes are kept under the versions of some libraries, not all
        Grading(case, only=only, label=json.dumps(versions())): name
        for assignment in assignments
        for name, case, only in submissions(assignment, quick)
    }
    with judges(jobs) as pool:
        return {chosen[grading]: verdict(outcome) for grading, outcome in grade_all(chosen, pool)}


def submissions(assignment: str, quick: bool) -> list[tuple[str, corpus.Case, frozenset[str] | None]]:
    """What is graded of an assignment: a name for people, the submission, and its tasks (None: all)."""
    found = [("the solution", solved(assignment), None)]
    for case in [*corpus.cases(assignment, "correct"), *corpus.cases(assignment, "wrong")]:
        if not quick or in_sample(f"{assignment} {case.name}", one_in=10):
            only = frozenset(case.touched) if case.touched is not None else None
            found.append((f"{case.kind}/{case.name}", case, only))
    for task in coding_tasks(assignment):
        for mutant in mutants(Assignment.load(assignment).reference(task)):
            if in_sample(f"{assignment} {task} {mutant.change}", one_in=100 if quick else 10):
                case = case_of(assignment, "wrong", mutant.change, corpus.Cell(task, mutant.source))
                found.append((f"{task}: {mutant.change}", case, frozenset([task])))
    return [(f"{assignment} {name}", case, only) for name, case, only in found]


def verdict(outcome: Outcome) -> dict[str, list[Any]]:
    tests = {
        f"{name}/{test.name}": [test.outcome, test.points, test.message]
        for name, task in (outcome.report.tasks if outcome.report else {}).items()
        for test in task.tests
    }
    if outcome.errors:
        tests["the grader itself"] = ["error", 0.0, "\n".join(outcome.errors)]
    return tests


def versions() -> dict[str, str]:
    """The versions of Python and of every package that pyproject.toml names."""
    found = {"python": platform.python_version()}
    for requirement in requirements(NEWEST):
        name = re.match(r"[\w.-]+", requirement)[0]
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


# ---- what differs


def differences(here: Verdicts, there: Verdicts) -> list[str]:
    """A text for each test with a different outcome or different points, with what the student reads."""
    missing = ["missing", 0.0, ""]
    found = []
    for name in sorted({*here, *there}):
        mine, theirs = here.get(name, {}), there.get(name, {})
        for test in sorted({*mine, *theirs}):
            pair = mine.get(test, missing), theirs.get(test, missing)
            if pair[0][:2] != pair[1][:2]:
                found.append(f"\n{name}: {test}\n{_told('here', *pair[0])}\n{_told('there', *pair[1])}")
    return found


def _told(where: str, outcome: str, points: float, message: str) -> str:
    return "\n    ".join([f"  {where}: {outcome}, {points:g} points", *message.splitlines()])


def changed(here: dict[str, str], there: dict[str, str]) -> list[str]:
    """The versions that differ."""
    return [f"{name} {here[name]} -> {there[name]}" for name in here if here[name] != there.get(name)]


if __name__ == "__main__":
    sys.exit(main())
