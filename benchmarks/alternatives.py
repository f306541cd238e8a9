"""`make alternatives`: the hostile submissions of the corpora, graded by nbgrader, by `otter run` and by us.

All three grade with the same hidden tests; nbgrader and otter run them where they run hidden tests, inside the
student's kernel (in_notebook.py). Three things are looked for afterwards: points above what the code deserves (for us,
what the submission's own `# expect:` allows; for the others, what it gets here), loot (the word that a submission puts
before what it stole, in what the student gets back), and what was left behind (marker files, processes that outlive the
grading).

The alternatives run hostile code unconfined, so each of their runs is put into bubblewrap: no network, a scratch copy
of the course and its own home folder, the rest of the machine read-only, limits on time and memory, and no process left
at its end. Without bubblewrap nothing is run. Attacks over the network would reach nobody there and are left out.

    python -m benchmarks.alternatives [--all] [--write]      --write: the table into docs/alternatives.md
"""

from __future__ import annotations

import argparse
import atexit
import datetime
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.grading.assignment import REPOSITORY
from benchmarks import otter_run

PAGE = REPOSITORY / "docs" / "alternatives.md"
COURSE = "/course"  # the path of the scratch copy of the course inside bubblewrap
SECONDS = 300
MEMORY = 12 << 30  # bytes of address space for each process
LOOT = "STOLEN:"
STUDENT = "mallory"
VERBOSE = "ALTERNATIVES_VERBOSE" in os.environ

REPRESENTATIVE = (
    "titanic/reads_the_graders",
    "titanic/patches_comparisons",
    "titanic/process_daemon",
    "backprop/metaclass_says_yes",
    "titanic/sklearn_in_the_function",
    "titanic/reads_the_gradebook",
    "titanic/exits_at_load",
    "backprop/torch_patched",
    "titanic/returns_the_callers_reference",
    "titanic/tensor_that_equals_everything",
    "titanic/reads_the_environment",
    "titanic/imports_the_graders",
)
"""A few of each kind of attack; each takes the alternatives half a minute or more."""


@dataclass
class AttackResult:
    """What one attack got from one grader."""

    gained: float = 0.0
    found: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        gained = [f"+{self.gained:g} points"] if self.gained > 1e-6 else []
        return ", ".join(gained + self.found) or "held"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="every hostile submission of the two assignments")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(REPOSITORY)}")
    options = parser.parse_args()
    if not shutil.which("bwrap"):
        raise SystemExit(
            "alternatives: install bubblewrap (`bwrap`): without it this would run hostile code unconfined"
        )
    from corpora.corpus import cases

    hostile = {f"{a}/{case.name}": case for a in ("titanic", "backprop") for case in cases(a, "hostile")}
    names = [name for name in hostile if "/network" not in name] if options.all else REPRESENTATIVE
    rows = []
    for case, outcomes in _attacks([hostile[name] for name in names]):
        rows.append((case, outcomes))
        print(f"{case.assignment}/{case.name}: " + "; ".join(map(str, outcomes)), flush=True)
        if options.write:  # after each, so that a stopped run has written something
            PAGE.write_text(_table(rows))


def _attacks(chosen: list) -> Iterator[tuple[Any, list[AttackResult]]]:
    graders = (_Ours(), _Alternative("nbgrader", _autograde), _Alternative("otter", _otter))
    with tempfile.TemporaryDirectory(prefix="alternatives-") as folder:
        for case in chosen:
            earned = graders[0].points(case)
            yield case, [grader.outcome(case, Path(folder), earned) for grader in graders]
        graders[0].close()


def _gained(case: Any, points: dict[str, float], earned: dict[str, float]) -> float:
    """Points above what the code deserves; tasks that the submission does not name are honest, correct work."""
    return sum(max(0.0, points.get(task, 0.0) - earned[task]) for task in case.expect)


# ---- us


class _Ours:
    def __init__(self) -> None:
        from autograder.grading.judge import Judge

        self.judge = Judge()

    def close(self) -> None:
        self.judge.close()

    def points(self, case: Any) -> dict[str, float]:
        from autograder.grading.assignment import Assignment
        from autograder.grading.submission import read

        assignment = Assignment.load(case.assignment)
        self.report = self.judge.grade(read(case.notebook(), assignment), assignment)
        return {name: task.points or 0.0 for name, task in self.report.tasks.items()}

    def outcome(self, case: Any, _folder: Path, earned: dict[str, float]) -> AttackResult:
        beyond = [task for task, expected in case.expect.items() if not expected.holds(earned[task])]
        outcome = AttackResult(found=[f"not as declared: {task}" for task in beyond])
        outcome.found += ["loot"] if LOOT in json.dumps(self.report.to_json()) else []
        return outcome


# ---- the others, confined


@dataclass
class _Alternative:
    name: str
    run: Callable[[Any, Path], tuple[dict[str, float], str]]

    def outcome(self, case: Any, folder: Path, earned: dict[str, float]) -> AttackResult:
        scratch = folder / f"{self.name}-{case.assignment}-{case.name}"
        course = scratch / "course"
        for tree in ("assignments", "autograder", "benchmarks", "solutions"):
            _copy(REPOSITORY / tree, course / tree)
        for file in (REPOSITORY / "release" / case.assignment).iterdir():
            _copy(file, course / "given" / file.name)  # what students have next to their notebook
        for own in ("home", "tmp"):
            (scratch / own).mkdir()
        try:
            points, told = self.run(case, scratch)
            if VERBOSE:
                print(self.name, points)
        except _NoMark as error:
            outcome = AttackResult(found=[str(error)])
        else:
            outcome = AttackResult(_gained(case, points, earned), ["loot"] if LOOT in told else [])
        left = sorted(scratch.rglob("corpus[-_]marker*"))
        outcome.found += ["a file left behind"] if left else []
        processes = (
            (scratch / "tmp" / "processes").read_text() if (scratch / "tmp" / "processes").exists() else ""
        )
        outcome.found += ["a process left behind"] if "corpus-stray" in processes else []
        shutil.rmtree(scratch, ignore_errors=True)
        return outcome


class _NoMark(Exception):
    """The run ended without a mark for this student."""


def _confined(scratch: Path, folder: str, *commands: str) -> None:
    """Runs shell commands that can write only to the scratch folder. Raises _NoMark."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": "/home/instructor",
        "PYTHONPATH": f"{COURSE}:{COURSE}/benchmarks:{COURSE}/given",
        "CORPUS_SECRET": "in the environment of the judge",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }
    readable = [
        "/usr",
        "/etc",
        sys.prefix,
        os.path.realpath(sys.prefix),
        sys.base_prefix,
        str(otter_run.FOLDER),
    ]
    data = os.environ.get("COURSE_DATA")
    if data:
        readable.append(data)
        environment["COURSE_DATA"] = data
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    for path in readable:
        command += ["--ro-bind", path, path]
    for path in ("/bin", "/lib", "/lib64", "/sbin"):
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
    command += ["--proc", "/proc", "--dev", "/dev", "--bind", scratch / "tmp", "/tmp"]
    command += ["--bind", scratch / "home", "/home/instructor", "--bind", scratch / "course", COURSE]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    end = "code=$?; cat /proc/[0-9]*/comm > /tmp/processes; exit $code"
    script = f"cd {folder} && " + " && ".join(commands) + f"; {end}"
    try:
        done = subprocess.run(
            [*command, "sh", "-c", script],
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            preexec_fn=_limit,
        )
    except subprocess.TimeoutExpired:
        raise _NoMark(f"stopped the grading for {SECONDS} s") from None
    if done.returncode:
        if VERBOSE:
            print(done.stdout[-3000:], done.stderr[-3000:])
        raise _NoMark("no mark: the run was aborted")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def _autograde(case: Any, scratch: Path) -> tuple[dict[str, float], str]:
    """Plain `nbgrader autograde`, with the hidden tests in its test cells, in a course that also has another student's
    work."""
    name, course = case.assignment, scratch / "course"
    for file in _plain_course(name).iterdir():
        _copy(file, course / file.name)
    _submit(course / "submitted" / STUDENT / name, case)
    other = course / "submitted" / "grace" / name
    other.mkdir(parents=True)
    shutil.copy(REPOSITORY / "release" / name / f"{name}.ipynb", other)
    _confined(scratch, COURSE, f"nbgrader autograde {name} --student {STUDENT}")
    graded = course / "autograded" / STUDENT / name / f"{name}.ipynb"
    if not graded.exists():
        raise _NoMark("no mark: nbgrader left it out")
    return _points_in(course / "gradebook.db", name), graded.read_text(errors="replace")


@cache
def _plain_course(name: str) -> Path:
    """An nbgrader course, before anyone submits: the source with its hidden tests, and the release made from it."""
    from benchmarks.titanic_class import drop_figures, with_hidden_tests

    course = Path(tempfile.mkdtemp(prefix="alternatives-course-"))
    atexit.register(shutil.rmtree, course)
    source = course / "source" / name
    source.mkdir(parents=True)
    released = json.loads((REPOSITORY / "release" / name / f"{name}.ipynb").read_text())
    grader = Path(COURSE, "autograder", "graders", f"{name}.py")
    (source / f"{name}.ipynb").write_text(json.dumps(drop_figures(with_hidden_tests(released, grader))))
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'plain'\nc.ExecutePreprocessor.timeout = 120\n"
    )
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = ["nbgrader", "generate_assignment", name]
    subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True)
    return course


def _points_in(database: Path, assignment: str) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{database}", "plain") as gradebook:
        notebook = gradebook.find_submission_notebook(assignment, assignment, STUDENT)
        return {grade.name.removesuffix("-tests"): grade.auto_score or 0.0 for grade in notebook.grades}


def _otter(case: Any, scratch: Path) -> tuple[dict[str, float], str]:
    """`otter run`, a test file for each task and a test case for each hidden test."""
    name, course = case.assignment, scratch / "course"
    archive = course / "autograder.zip"
    made = otter_run.make_zip(name, Path(COURSE, "autograder", "graders", f"{name}.py"), scratch / "make")
    shutil.copy(made, archive)
    folder = course / "submitted" / STUDENT / name
    _submit(folder, case)
    inside = f"{COURSE}/submitted/{STUDENT}/{name}"
    otter = (
        f"{otter_run.program()} run --no-logo -a {COURSE}/autograder.zip -o {inside} {inside}/{name}.ipynb"
    )
    _confined(scratch, inside, otter)
    results = folder / "results.json"
    if not results.exists():
        raise _NoMark("no mark: otter left no results")
    return otter_run.marks(results), results.read_text(errors="replace")


def _submit(folder: Path, case: Any) -> None:
    """Submits the notebook without the cells that draw figures: we do not run them either, and they take half of the
    time."""
    from benchmarks.titanic_class import drop_figures

    folder.mkdir(parents=True)
    notebook = drop_figures(json.loads(case.notebook()))
    (folder / f"{case.assignment}.ipynb").write_text(json.dumps(notebook))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


# ---- the page


def _table(rows: list[tuple[Any, list[AttackResult]]]) -> str:
    otter = otter_run.REQUIREMENTS.read_text().split()[-1]
    names = ("this repository", f"nbgrader {version('nbgrader')}", otter.replace("==", " "))
    fooled = [sum(str(outcomes[i]) != "held" for _, outcomes in rows) for i in range(3)]
    lines = [
        "# The same attacks on nbgrader and otter-grader",
        "",
        "Written by `make alternatives`; never edited. Hostile submissions of `corpora/`, graded by this repository,",
        "by plain `nbgrader autograde` and by `otter run`, with the same hidden tests. The last two run the tests",
        "inside the student's kernel, as is usual there.",
        "",
        "- *held*: no point above what the code earns, nothing secret in what the student gets back,",
        "  nothing left behind.",
        "- *loot*: something secret is in what the student gets back.",
        "- *+n points*: more than the same code gets here. A kernel that runs the tests itself cannot be kept from",
        "  using what a test forbids, such as scikit-learn.",
        "- *no mark*: the run ended without a mark, and the instructor has to look.",
        "",
        f"{datetime.date.today()}, Python {sys.version.split()[0]}, torch {version('torch')}. "
        f"Attacks that were not held, of {len(rows)}: "
        f"{fooled[0]} here, {fooled[1]} with nbgrader, {fooled[2]} with otter.",
        "",
        "| attack | what it does | " + " | ".join(names) + " |",
        "| --- | --- | --- | --- | --- |",
    ]
    for case, outcomes in rows:
        cells = [f"{case.assignment}: {case.name}", case.what.replace("|", "/"), *map(str, outcomes)]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        "Both are good tools for their purpose, and both can run in containers, which protect the machine. A",
        "container does not protect the points: tests and student share one process there, too.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
