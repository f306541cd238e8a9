"""The autograder for Gradescope: a zip file with one assignment's graders and what judges them, and what runs in it.

Gradescope unpacks the zip file into source/, runs setup.sh once, and run_autograder for each submission; the report
goes to results/results.json (https://gradescope-autograders.readthedocs.io/en/latest/specs/).
"""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder import data
from autograder.assignment import REPOSITORY, Assignment, AssignmentError
from autograder.collecting import find_notebook
from autograder.quick_start import judge_for
from autograder.report import as_gradescope, as_text, nothing_for_gradescope
from autograder.sandbox import SandboxUnavailable
from autograder.submission import UnreadableSubmission, read

_SCRIPTS = REPOSITORY / "scripts" / "gradescope"
_RUNNER = "autograder/gradescope.py"
_LOADER = "assignments/common/course/data.py"  # read by autograder/data.py, by its path
_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same sources give the same bytes


def build(name: str, output: Path | None = None, root: Path | None = None) -> Path:
    """Write the zip file for assignment `name` of the course folder `root`; returns where it lies.

    Raises:
        AssignmentError: there is no such assignment, it is not built, or it has no grader.
    """
    root = Path(root) if root is not None else REPOSITORY
    output = output or root / "exports" / f"{name}-gradescope.zip"
    assignment = Assignment.load(name, root=root)
    if not assignment.grader_file.is_file():
        raise AssignmentError(f"no autograder/graders/{name}.py: the hidden tests of {name} stand there")
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
    """Place in the zip file -> file. No other assignment's graders or solutions, and nothing that nobody imports."""
    grader = assignment.grader_file
    files = {path.name: path for path in _SCRIPTS.iterdir()}
    files["requirements.lock"] = REPOSITORY / "requirements.lock"
    files[f"autograder/graders/{grader.name}"] = grader
    files[_RUNNER] = REPOSITORY / _RUNNER
    for start in (REPOSITORY / _RUNNER, grader):
        for module in _imported(start):
            files[module.relative_to(REPOSITORY).as_posix()] = module
    files[_LOADER] = REPOSITORY / _LOADER
    solution = assignment.solution_file
    files[solution.relative_to(assignment.root).as_posix()] = solution
    for path in assignment.release_folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            files[path.relative_to(assignment.root).as_posix()] = path
    table = data.titanic_file()
    if table is not None and REPOSITORY / "autograder" / "data.py" in _imported(grader):
        files[f"data/{table.name}"] = table
    return files


def _imported(start: Path) -> set[Path]:
    """The files of our package that `start` imports, itself or through others. A package is taken whole: the sandbox
    starts some of its files as programs."""
    found: set[Path] = set()
    todo = [start]
    while todo:
        for name in _imports(todo.pop()):
            place = REPOSITORY / name.replace(".", "/")
            files = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
            fresh = [file for file in files if file.is_file() and file not in found]
            found.update(fresh)
            todo += fresh
    return found | {REPOSITORY / "autograder" / "__init__.py"}


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "autograder":
            names = [f"autograder.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (name for name in names if name.startswith("autograder."))


def run(submission: Path, results: Path, root: Path | None = None) -> int:
    """Score what lies in the folder `submission` and write `results`; returns the exit status.

    What the student did wrong stands in the results. Our own fault leaves none: Gradescope then tells the instructor
    that the autograder failed, and the submission keeps its place.
    """
    root = root or REPOSITORY
    try:
        (name,) = (folder.name for folder in (root / "release").iterdir())
        assignment = Assignment.load(name, root=root)
        found = find_notebook(submission, name)
        if found.file is None:
            _write(results, nothing_for_gradescope(found.problem))
            return 0
        try:
            notebook = read(found.file, assignment)
        except UnreadableSubmission as error:
            _write(results, nothing_for_gradescope(str(error)))
            return 0

        with judge_for(assignment, root) as judge:
            from autograder.judge import GraderError  # seconds: only where there is something to judge

            try:
                report = judge.grade(notebook, assignment)
            except GraderError as error:
                raise AssignmentError(str(error)) from error
            for error in judge.errors:
                print(f"autograder: a grader failed, no point is lost: {error}", file=sys.stderr)
    except (AssignmentError, SandboxUnavailable) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    print(as_text(report))  # what is printed, instructors see
    _write(results, as_gradescope(report, found.notes))
    return 0


def _write(results: Path, content: dict) -> None:
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2])))
