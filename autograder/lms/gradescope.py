"""The autograder for Gradescope: builds a zip file with one assignment's grader and the code that judges, and is the
code that runs in it.

Gradescope unpacks the zip file into source/, runs setup.sh once, and run_autograder for each submission; the report
goes to results/results.json (https://gradescope-autograders.readthedocs.io/en/latest/specs/).
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import autograder.startup  # noqa: F401
from autograder.batch.score_one import score
from autograder.grading import data
from autograder.grading.assignment import REPOSITORY, SHARED, Assignment, AssignmentError
from autograder.grading.report import FAILED, GRADED, PASSED, Report
from autograder.grading.safe_text import say, visible
from autograder.grading.submission import UnreadableSubmission
from autograder.grading.uses import CONTRACT, uses_of
from autograder.reports.text import as_text, headline, task_headline, tests_as_lines
from autograder.sandbox.faults import SandboxUnavailable

_SCRIPTS = REPOSITORY / "scripts" / "gradescope"
_PACKAGES = (
    "autograder/grading",
    "autograder/sandbox",
    "autograder/batch",
    "autograder/reports",
    "autograder/lms",
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same sources give the same bytes


def build(name: str, output: Path | None = None, root: Path | None = None) -> Path:
    """Write the zip file for assignment `name` of the course folder `root`; returns its path.

    Raises:
        AssignmentError: there is no such assignment, it is not built, or it has no grader.
    """
    root = Path(root) if root is not None else REPOSITORY
    output = output or root / "exports" / f"{name}-gradescope.zip"
    assignment = Assignment.load(name, root=root)
    if not assignment.grader_file.is_file():
        raise AssignmentError(f"no autograder/graders/{name}.py: the hidden tests of {name} belong there")
    output.parent.mkdir(parents=True, exist_ok=True)
    part = output.with_name(output.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, file in sorted(_files(assignment).items()):
            entry = zipfile.ZipInfo(place, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if file.parent == _SCRIPTS else 0o100644) << 16
            archive.writestr(entry, file.read_bytes())
    part.replace(output)
    return output


def _files(assignment: Assignment) -> dict[str, Path]:
    """Place in the zip file -> file: the packages that score a submission, and the files of the one assignment."""
    files = {path.name: path for path in _SCRIPTS.iterdir()}
    for name in (
        "requirements.lock",
        CONTRACT,
        "autograder/__init__.py",
        "autograder/graders/__init__.py",
        "autograder/startup.py",
    ):
        files[name] = REPOSITORY / name
    uses = uses_of(assignment.name, assignment.root)
    packages = (*_PACKAGES, *([f"{SHARED}/{uses.package}"] if uses.package else []))
    folders = [REPOSITORY / name for name in packages]
    files |= {path.relative_to(REPOSITORY).as_posix(): path for folder in folders for path in _below(folder)}
    files |= {f"autograder/graders/{path.name}": path for path in assignment.grader_files}
    own = [assignment.solution_file, *_below(assignment.release_folder)]
    files |= {path.relative_to(assignment.root).as_posix(): path for path in own}
    files |= {f"data/{path.relative_to(data.folder())}": path for path in data.files(uses.data)}
    return files


def _below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def run(submission: Path, results: Path, root: Path | None = None) -> int:
    """Score the submission in the folder `submission` and write `results`; returns the exit status.

    Mistakes of the student are in the results. If the fault is ours, no results are written: Gradescope then tells the
    instructor that the autograder failed, and the submission keeps its place.
    """
    root = root or REPOSITORY
    try:
        (name,) = (folder.name for folder in (root / "release").iterdir())
        assignment = Assignment.load(name, root=root)
        report, notes = score(submission, assignment, root)
    except UnreadableSubmission as error:
        _write(results, nothing_judged(str(error)))
        return 0
    except (AssignmentError, SandboxUnavailable) as error:
        say(str(error))
        return 2
    print(as_text(report))  # instructors see what is printed
    _write(results, as_gradescope(report, notes))
    return 0


def _write(results: Path, content: dict) -> None:
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def as_gradescope(report: Report, notes: Sequence[str] = ()) -> dict:
    """Gradescope's results.json, with one test for each task. The output lists pending points; they do not score 0.

    `notes` are further lines for the student to read.
    """
    tests = []
    for name, task in report.tasks.items():
        output, facts = [], {}  # without a score, Gradescope shows the output and counts nothing
        if task.points is not None:
            full = task.points >= task.decided
            facts = {"score": task.points, "max_score": task.decided, "status": PASSED if full else FAILED}
        if task.status != GRADED:
            output.append(task_headline(name, task))
        output += tests_as_lines(task)
        tests.append({"name": name, **facts, "output": visible("\n".join(output)), "visibility": "visible"})
    lines = [
        headline(report),
        *notes,
        *[f"Repaired: {repair}" for repair in report.repairs],
        f"Sandbox: {report.sandbox}.",
    ]
    return {
        "score": report.score,
        "execution_time": round(report.seconds),
        "output": visible("\n".join(lines)),
        "output_format": "text",
        "test_output_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def nothing_judged(sentence: str) -> dict:
    """Gradescope's results.json if there was no notebook to judge."""
    return {
        "score": 0.0,
        "output": visible(sentence),
        "output_format": "text",
        "stdout_visibility": "hidden",
    }


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2])))
