"""What graders import: from this package toolkit.py alone; next to the student's code nothing of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading import toolkit
from autograder.grading.assignment import REPOSITORY

GRADERS = sorted((REPOSITORY / "autograder" / "graders").glob("[a-z]*.py"))
GRADERS = [file for file in GRADERS if file.name != "conftest.py"]
WORKER_FILES = [file for file in GRADERS if file.stem.endswith("_worker")]
WORKER_FILES.append(REPOSITORY / "autograder" / "grading" / "models_worker.py")


def imports(file: Path) -> Iterator[tuple[str, list[str]]]:
    """(module, names taken from it) of each import in the file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", [alias.name for alias in node.names]


@pytest.mark.parametrize("file", [f for f in GRADERS if f not in WORKER_FILES], ids=lambda file: file.stem)
def test_a_grader_imports_the_toolkit_and_nothing_else_of_this_package(file: Path):
    ours = [(module, names) for module, names in imports(file) if module.startswith("autograder")]
    assert {module for module, _ in ours} == {"autograder.grading.toolkit"}
    assert [name for _, names in ours for name in names if name not in toolkit.__all__] == []


@pytest.mark.parametrize("file", WORKER_FILES, ids=lambda file: file.stem)
def test_what_runs_next_to_the_students_code_imports_nothing_of_this_package(file: Path):
    assert [module for module, _ in imports(file) if module.split(".")[0] == "autograder"] == []


def test_the_list_of_public_names_is_what_the_toolkit_imports():
    imported = [name for _, names in imports(Path(toolkit.__file__)) for name in names]
    assert sorted(toolkit.__all__) == sorted(imported)
