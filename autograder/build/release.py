"""Builds the two trees `release/` and `solutions/` from `assignments/`.

Each is built in a folder next to its place, checked, and then moved there: a build that fails leaves the old one.
The same sources give the same bytes, on every run and every machine.
"""

from __future__ import annotations

import filecmp
import json
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from autograder.build.companions import add_companions, libraries
from autograder.build.frame import add_frame, service_address
from autograder.build.proof import check_grader, check_leaks, prove
from autograder.build.source import (
    CODE_STUB,
    NOTEBOOK_METADATA,
    TEXT_STUB,
    BuildError,
    Source,
    check_source,
    heading_notes,
    notebook_bytes,
    read_contract,
    read_source,
)
from autograder.gradebook.configuration import own_configuration
from autograder.grading.assignment import REPOSITORY, SHARED, Assignment, names
from autograder.grading.uses import CONTRACT, uses_of

if TYPE_CHECKING:  # the judge imports torch, which is not needed for a build without a proof
    from autograder.grading.judge import Judge

STUDENTS_README = "README.md"
STUDENTS_REQUIREMENTS = "requirements.txt"
NOT_COPIED = ("__pycache__", "*.pyc", ".*")
SERVICE_MODULE = "service.py"
"""The file in course/ that only a course with a service for its students needs."""
UNDER_WAY = ".new-"
"""How the name of an unfinished build's folder begins."""


@dataclass(frozen=True)
class Made:
    """The result of building one assignment."""

    name: str
    folder: str  # relative to the repository
    tasks: int
    points: float
    seconds: float
    changed: bool
    proof_seconds: float | None = None  # None: not proved
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        proof = f" + {self.proof_seconds:.1f} s proof" if self.proof_seconds is not None else ""
        state = "" if self.changed else ", unchanged"
        return (
            f"{self.folder}: {self.tasks} tasks, {self.points:g} points, {self.seconds:.1f} s{proof}{state}"
            + "".join(f"\n  {note}" for note in self.notes)
        )


class ReleaseBuilder:
    """Builds what students get. Use as a context manager; one judge proves all assignments of a run."""

    def __init__(self, root: Path | None = None, proof: bool = True, answers: bool = False) -> None:
        self.root = root or REPOSITORY
        self._proof = proof
        self._answers = answers
        self._judge: Judge | None = None

    def __enter__(self) -> ReleaseBuilder:
        self._place = self.root / "release"
        self._place.mkdir(exist_ok=True)
        self._stage = Path(tempfile.mkdtemp(prefix=UNDER_WAY, dir=self._place))
        self._stage.chmod(0o755)  # the proof's sandbox may read it as another user
        (self._stage / CONTRACT).parent.mkdir()
        shutil.copyfile(self.root / CONTRACT, self._stage / CONTRACT)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._judge is not None:
            self._judge.close()
        shutil.rmtree(self._stage)

    def build(self, name: str) -> Made:
        """Make, prove and put in place `release/<name>`; raises BuildError, which says what is wrong with the
        sources."""
        begin = time.perf_counter()
        source = read_source(name, self.root)
        contract = read_contract(name, self.root)
        check_source(source, contract)
        assignment = self._staged(source)
        made = time.perf_counter()
        if self._proof:
            self._prove(source, assignment)
        proved = time.perf_counter()
        return Made(
            name,
            folder=f"release/{name}",
            tasks=len(assignment.tasks),
            points=sum(task.points for task in assignment.tasks.values()),
            changed=_put_in_place(assignment.release_folder, self._place / name),
            seconds=made - begin,
            proof_seconds=proved - made if self._proof else None,
            notes=(
                *heading_notes(source, contract),
                *(
                    ()
                    if solution_is_current(source, self.root)
                    else (f"solutions/{name} is older: make solutions",)
                ),
            ),
        )

    def staged(self, name: str) -> Assignment:
        """The assignment built from its current source, in a folder that lasts as long as this builder; nothing is
        proved.

        Raises:
            BuildError: what is wrong with the source.
        """
        source = read_source(name, self.root)
        check_source(source, read_contract(name, self.root))
        return self._staged(source)

    def _staged(self, source: Source) -> Assignment:
        for tree in ("source", "release", "solutions"):
            shutil.rmtree(self._stage / tree / source.name, ignore_errors=True)
        self._generate(source)
        solved = self._stage / "solutions" / source.name / f"{source.name}.ipynb"
        solved.parent.mkdir(parents=True)
        solved.write_bytes(notebook_bytes(source.notebook(solved=True)))
        return Assignment.load(source.name, self._stage, self.root / "autograder" / "graders")

    def _generate(self, source: Source) -> None:
        """nbgrader's generate_assignment, with its own converter, without its gradebook."""
        folder = self._stage / "source" / source.name
        _copy_supplied(self.root, source.name, folder)
        notebook = add_companions(source.notebook(answers=self._answers), source.name, folder)
        notebook = add_frame(notebook, source, own_configuration(self.root))
        (folder / f"{source.name}.ipynb").write_bytes(notebook_bytes(notebook))
        generate_assignment(self._stage, source.name)
        made = self._stage / "release" / source.name / f"{source.name}.ipynb"
        notebook = json.loads(made.read_text(encoding="utf-8")) | {"metadata": NOTEBOOK_METADATA}
        made.write_bytes(notebook_bytes(notebook))

    def _prove(self, source: Source, assignment: Assignment) -> None:
        check_grader(assignment)
        check_leaks(source, assignment.release_folder, assignment.grader_file, self._answers)
        prove(assignment, self._started_judge())

    def _started_judge(self) -> Judge:
        from autograder.grading.judge import Judge
        from autograder.sandbox.faults import SandboxUnavailable

        if self._judge is None:
            try:
                self._judge = Judge(root=self._stage)
            except SandboxUnavailable:  # the code is our own, so no sandbox is needed
                self._judge = Judge("none", root=self._stage)
        return self._judge


def release(name: str, root: Path | None = None, proof: bool = True) -> Made:
    """Build `release/<name>` of the repository at `root`."""
    with ReleaseBuilder(root, proof) as builder:
        return builder.build(name)


def solutions(name: str, root: Path | None = None) -> Made:
    """Build `solutions/<name>`: the solved notebook, executed in a folder that looks like a student's."""
    from autograder.build.execute import execute

    begin = time.perf_counter()
    root = root or REPOSITORY
    source = read_source(name, root)
    contract = read_contract(name, root)
    check_source(source, contract)
    place = root / "solutions"
    place.mkdir(exist_ok=True)
    with _temporary_folder(place) as stage:
        work, made = stage / "work", stage / name
        _copy_supplied(root, name, work)
        made.mkdir()
        executed = execute(source, work)
        (made / f"{name}.ipynb").write_bytes(notebook_bytes(executed.notebook))
        changed = _put_in_place(made, place / name)
    return Made(
        name,
        folder=f"solutions/{name}",
        tasks=len(contract),
        points=sum(points for _, points in contract.values()),
        seconds=time.perf_counter() - begin,
        changed=changed,
        notes=executed.notes,
    )


def solution_is_current(source: Source, root: Path) -> bool:
    """Whether `solutions/` was made from this source: equal except for what the execution added."""
    file = root / "solutions" / source.name / f"{source.name}.ipynb"
    if not file.is_file():
        return False
    kept = json.loads(file.read_text(encoding="utf-8"))
    for cell in kept["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return notebook_bytes(kept) == notebook_bytes(source.notebook(solved=True))


def generate_assignment(folder: Path, name: str) -> None:
    """nbgrader's generate_assignment from `folder/source/<name>` to `folder/release/<name>`."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import SaveCells
    from traitlets.config import Config

    config = Config()
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = TEXT_STUB
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.CourseDirectory.assignment_id = name
    steps = [step for step in GenerateAssignment.preprocessors.default() if step is not SaveCells]
    config.GenerateAssignment.preprocessors = steps
    config.GenerateAssignment.no_database = True
    log = _Remembering()
    try:
        converter = GenerateAssignment(CourseDirectory(config=config), config=config, log=log.logger)
        converter.start()
    except NbGraderException:
        raise BuildError(f"{name}: nbgrader refuses the notebook: {log.last_error()}") from None


def main_release(chosen: list[str], answers: bool = False) -> int:
    """`python -m autograder release`: one line for each assignment; 2 if one could not be built."""
    with ReleaseBuilder(answers=answers) as builder:
        status = _main(chosen, builder.build)
    write_students_files(REPOSITORY)
    return status


def write_students_files(root: Path) -> None:
    """Writes what students get next to the assignments' folders: how to begin, and what to install."""
    shutil.copyfile(root / "assignments" / STUDENTS_README, root / "release" / STUDENTS_README)
    (root / "release" / STUDENTS_REQUIREMENTS).write_text(students_requirements(root), encoding="utf-8")


def students_requirements(root: Path | None = None) -> str:
    """`requirements.txt` for students: what the released notebooks import, and JupyterLab, but nothing for grading."""
    root = root or REPOSITORY
    needed = {"jupyterlab"}
    for folder in sorted((root / "release").glob("*/")):
        file = folder / f"{folder.name}.ipynb"
        if not file.is_file():
            continue  # the folder of another build, running or killed; or the instructor's own
        notebook = json.loads(file.read_text(encoding="utf-8"))
        cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
        needed |= set(libraries(cells, folder, optional=True).values())
    return "# What the notebooks need: pip install -r requirements.txt\n" + "\n".join(sorted(needed)) + "\n"


def main_solutions(chosen: list[str]) -> int:
    """`python -m autograder solutions`: one line for each assignment; 2 if one could not be built."""
    return _main(chosen, solutions)


def _main(chosen: list[str], build) -> int:
    status = 0
    for name in chosen or names():
        try:
            print(build(name), flush=True)
        except BuildError as error:
            print(f"{name}: not built, nothing changed\n{error}", file=sys.stderr)
            status = 2
    return status


def _copy_supplied(root: Path, name: str, folder: Path) -> None:
    """Copies what is next to the student's notebook: the assignment's own files except its source, and its package."""
    own = root / "assignments" / name
    shutil.copytree(own, folder, ignore=shutil.ignore_patterns(*NOT_COPIED, f"{name}.py", "*.ipynb"))
    if package := uses_of(name, root).package:
        place = root / SHARED / package
        if not place.is_dir():
            raise BuildError(
                f"{CONTRACT} gives {name} the package {package}, and there is no {SHARED}/{package}"
            )
        unused = () if service_address(own_configuration(root)) else (SERVICE_MODULE,)
        shutil.copytree(place, folder / package, ignore=shutil.ignore_patterns(*NOT_COPIED, *unused))


@contextmanager
def _temporary_folder(place: Path) -> Iterator[Path]:
    """A folder on the same disk as `place`, from which a tree can be moved there in one step."""
    folder = Path(tempfile.mkdtemp(prefix=UNDER_WAY, dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _put_in_place(new: Path, place: Path) -> bool:
    """Replace the tree at `place` by `new`; False if the two are the same."""
    if place.is_dir() and same_tree(new, place):
        return False
    old = new.with_name(new.name + ".old")
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return True


def same_tree(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes; Python's caches do not count."""
    files = [
        sorted(
            path.relative_to(top)
            for path in top.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        )
        for top in (one, other)
    ]
    return files[0] == files[1] and not any(
        filecmp.cmpfiles(one, other, [str(file) for file in files[0]], shallow=False)[1:]
    )


class _Remembering(logging.Handler):
    """nbgrader logs errors and raises without their text: keep them for our own message."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._said: list[str] = []
        self.logger = logging.Logger("generate_assignment")
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())

    def last_error(self) -> str:
        """The exception's own line, the last of the traceback that nbgrader logs."""
        traces = [text for text in self._said if text.startswith("Traceback")]
        return (traces or self._said or ["it does not say why"])[0].strip().splitlines()[-1]
