"""An assignment as the grader knows it, read from the two built trees.

`release/<name>/<name>.ipynb` is what students were given, `solutions/<name>/<name>.ipynb` holds the reference.
Both are read as plain JSON: the grading core needs neither nbgrader nor Jupyter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

REPOSITORY = Path(__file__).resolve().parents[2]
TESTS_SUFFIX = "-tests"
SHARED_FOLDER = "common"
SHARED = f"assignments/{SHARED_FOLDER}"
"""The packages that students get next to their notebooks. The judge loads its data and images from there."""


class Refusal(Exception):
    """One line, or one for each mistake, that names the problem and the fix. A command prints it and exits with 2."""


class AssignmentError(Refusal):
    """The assignment itself, not a submission, cannot be used. The message is one sentence, with the fix."""


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook, with the part of nbgrader's metadata that matters here."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    grade_id: str | None = None  # None: not one of nbgrader's cells
    locked: bool = False
    grade: bool = False
    solution: bool = False
    points: float = 0.0  # 0.0 if the cell is not graded

    @property
    def is_tests(self) -> bool:
        """The locked cell that shows a coding task's public checks and holds its points."""
        return self.kind == "code" and self.grade and not self.solution


@dataclass(frozen=True)
class Task:
    name: str
    points: float
    kind: Literal["coding", "written"]
    test_id: str | None  # "<name>-tests" of a coding task


@dataclass(frozen=True)
class Assignment:
    """What was released, and the reference for it. Build one with `Assignment.load`."""

    name: str
    cells: tuple[Cell, ...]  # of the student template, in order
    solution_cells: tuple[Cell, ...]  # of the solved notebook, in order
    root: Path
    graders_folder: Path
    tasks: Mapping[str, Task] = field(init=False)  # in the order of the notebook

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", MappingProxyType(tasks_of(self.cells)))

    @classmethod
    def load(cls, name: str, root: Path | None = None, graders: Path | None = None) -> Assignment:
        """Read assignment `name` of the repository at `root` (this one unless given).

        `graders` is the folder of the hidden graders, `root/autograder/graders` unless given.
        Raises AssignmentError if a built notebook is missing or is not a notebook.
        """
        root = Path(root) if root is not None else REPOSITORY
        assignment = cls(
            name=name,
            cells=_read_cells(root, "release", name),
            solution_cells=_read_cells(root, "solutions", name),
            root=root,
            graders_folder=Path(graders) if graders is not None else root / "autograder" / "graders",
        )
        if not assignment.tasks:
            raise AssignmentError(f"release/{name} holds no task: {_remake('release', name)}")
        return assignment

    @property
    def release_folder(self) -> Path:
        """What students get: the notebook, plots.py and course/."""
        return self.root / "release" / self.name

    @property
    def solutions_folder(self) -> Path:
        return self.root / "solutions" / self.name

    @property
    def template_file(self) -> Path:
        return self.release_folder / f"{self.name}.ipynb"

    @property
    def solution_file(self) -> Path:
        return self.solutions_folder / f"{self.name}.ipynb"

    @property
    def grader_file(self) -> Path:
        """The hidden pytest grader of this assignment. A hyphen in the name stays in the file's name."""
        return self.graders_folder / f"{self.name}.py"

    @property
    def grader_files(self) -> list[Path]:
        """The grader, and its worker file if it has one."""
        return [self.grader_file, *([self.worker_file] if self.worker_file.is_file() else [])]

    @property
    def worker_file(self) -> Path:
        """The grader's code that runs next to the student's; most assignments have one."""
        return self.graders_folder / f"{self.name}_worker.py"

    def cell(self, grade_id: str) -> Cell:
        """The student template's cell with this `grade_id`."""
        return _find(self.cells, grade_id, f"release/{self.name}")

    def reference(self, task: str) -> str:
        """The source of the solved solution cell of `task`."""
        return _find(self.solution_cells, task, f"solutions/{self.name}").source


def names(root: Path | None = None) -> list[str]:
    """The assignments of the repository: the folders of `assignments/` that hold a source notebook."""
    folder = (Path(root) if root is not None else REPOSITORY) / "assignments"
    return sorted(
        path.name
        for path in folder.glob("*")
        if path.name != SHARED_FOLDER and (path / f"{path.name}.py").is_file()
    )


def released(root: Path) -> list[str]:
    """The assignments that students of the course folder `root` can have."""
    folders = (file.parent for file in (root / "release").glob("*/*.ipynb"))
    return sorted({folder.name for folder in folders if (folder / f"{folder.name}.ipynb").is_file()})


def tasks_of(cells: tuple[Cell, ...]) -> dict[str, Task]:
    """The tasks in the order in which their points appear in the notebook."""
    tasks = {}
    for cell in cells:
        if not cell.grade or cell.grade_id is None:
            continue
        if cell.is_tests:
            name = cell.grade_id.removesuffix(TESTS_SUFFIX)
            tasks[name] = Task(name, cell.points, "coding", cell.grade_id)
        else:
            tasks[cell.grade_id] = Task(cell.grade_id, cell.points, "written", None)
    return tasks


def read_cell(cell: Mapping[str, Any]) -> Cell:
    """A notebook's cell, as JSON, in our words. `source` may be one string or a list of lines."""
    source = cell["source"]
    mark = cell.get("metadata", {}).get("nbgrader", {})
    return Cell(
        kind=cell["cell_type"],
        source=source if isinstance(source, str) else "".join(source),
        grade_id=mark.get("grade_id"),
        locked=bool(mark.get("locked", False)),
        grade=bool(mark.get("grade", False)),
        solution=bool(mark.get("solution", False)),
        points=float(mark.get("points", 0.0)) if mark.get("grade") else 0.0,
    )


def _read_cells(root: Path, tree: str, name: str) -> tuple[Cell, ...]:
    file = root / tree / name / f"{name}.ipynb"
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        return tuple(read_cell(cell) for cell in notebook["cells"])
    except FileNotFoundError:
        known = names(root)
        if known and name not in known:
            raise AssignmentError(f"no assignment {name}: there are {', '.join(known)}") from None
        raise AssignmentError(f"no {tree}/{name}: {_remake(tree, name)}") from None
    except OSError as error:
        raise AssignmentError(f"cannot read {tree}/{name}/{name}.ipynb: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise AssignmentError(f"{tree}/{name}/{name}.ipynb is no notebook: {_remake(tree, name)}") from None


def _remake(target: str, name: str) -> str:
    return f"run `make {target} ASSIGNMENT={name}`"


def _find(cells: tuple[Cell, ...], grade_id: str, where: str) -> Cell:
    for cell in cells:
        if cell.grade_id == grade_id:
            return cell
    raise AssignmentError(f"{where} has no cell {grade_id}: run `make {where.replace('/', ' ASSIGNMENT=')}`")
