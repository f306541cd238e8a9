"""A released notebook works alone: it carries the files that belong to it, and names what must be installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import autograder.build.release as build
from autograder.build.companions import GRADE_ID, add_companions, libraries
from autograder.build.source import notebook_bytes, read_source
from autograder.grading.assignment import REPOSITORY


def cell_of(notebook: Path, grade_id: str) -> str:
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            return "".join(cell["source"])
    raise LookupError(grade_id)


def run(folder: Path, *cells: str) -> subprocess.CompletedProcess[str]:
    """The cells, one after another in a process of their own, as a kernel in `folder` would run them."""
    file = folder / "cells.json"
    file.write_text(json.dumps(cells))
    program = "import json; space = {}\nfor cell in json.load(open('cells.json')): exec(cell, space)"
    environment = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder)}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def notebook(tiny) -> Path:
    build.release("tiny", tiny.root, proof=False)
    return tiny.root / "release" / "tiny" / "tiny.ipynb"


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    folder = tmp_path / "alone"
    folder.mkdir()
    return folder


def test_alone_in_a_folder_it_unpacks_its_files(notebook: Path, alone: Path) -> None:
    done = run(alone, cell_of(notebook, GRADE_ID), cell_of(notebook, "setup"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "hello blue"
    assert (alone / "tiny-files" / "course" / "words.py").is_file()


def test_next_to_its_files_it_unpacks_nothing(notebook: Path) -> None:
    done = run(notebook.parent, cell_of(notebook, GRADE_ID), cell_of(notebook, "setup"))
    assert done.stdout == "hello blue\n", done.stderr
    assert not (notebook.parent / "tiny-files").exists()


def test_files_of_another_assignment_next_to_it_are_not_taken(notebook: Path, alone: Path) -> None:
    (alone / "plots.py").write_text('COLOUR = "another assignment\'s"\n')
    done = run(alone, cell_of(notebook, GRADE_ID), cell_of(notebook, "setup"))
    assert done.stdout.splitlines()[-1] == "hello blue", done.stderr


def test_a_missing_library_is_named_with_the_command(tiny, alone: Path) -> None:
    plots = tiny.root / "assignments" / "tiny" / "plots.py"
    plots.write_text("import no_such_library\n" + plots.read_text())
    build.release("tiny", tiny.root, proof=False)
    done = run(alone, cell_of(tiny.root / "release" / "tiny" / "tiny.ipynb", GRADE_ID))
    assert "Run `%pip install no_such_library` in a cell of its own" in done.stderr


def test_only_what_the_notebook_imports_is_needed(tiny) -> None:
    course = tiny.root / "assignments" / "common" / "course"
    (course / "unused.py").write_text("import torch\n")
    (course / "words.py").write_text("import numpy\nGREETING = 'hello'\ndef late():\n    import pandas\n")
    build.release("tiny", tiny.root, proof=False)
    folder = tiny.root / "release" / "tiny"
    cells = ["from course import words\nimport math, sklearn.linear_model"]
    assert libraries(cells, folder) == {"numpy": "numpy", "sklearn": "scikit-learn"}
    assert set(libraries(cells, folder, optional=True)) == {"numpy", "pandas", "sklearn"}


def test_the_cell_is_folded_away_and_not_graded(notebook: Path) -> None:
    cells = json.loads(notebook.read_text())["cells"]
    (cell,) = (c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == GRADE_ID)
    assert cell["metadata"]["jupyter"] == {"source_hidden": True}
    assert cell["metadata"]["cellView"] == "form"
    assert cell["metadata"]["nbgrader"]["locked"] is True
    assert cell["metadata"]["nbgrader"]["grade"] is False


def test_the_same_files_give_the_same_bytes(tiny) -> None:
    build.release("tiny", tiny.root, proof=False)
    folder = tiny.root / "release" / "tiny"
    (folder / "tiny.ipynb").unlink()
    source = read_source("tiny", tiny.root).notebook()
    first, second = (notebook_bytes(add_companions(source, "tiny", folder)) for _ in range(2))
    assert first == second


def test_students_are_told_what_to_install() -> None:
    told = (REPOSITORY / "release" / "requirements.txt").read_text(encoding="utf-8")
    assert told == build.students_requirements()
    assert {"torch", "torchvision", "jupyterlab"} <= set(told.splitlines())
    assert "nbgrader" not in told


def test_a_killed_build_and_a_stray_folder_are_no_assignments(tiny) -> None:
    build.release("tiny", tiny.root, proof=False)
    told = build.students_requirements(tiny.root)
    (tiny.root / "release" / f"{build.UNDER_WAY}killed" / "source").mkdir(parents=True)
    (tiny.root / "release" / "last year").mkdir()
    assert build.students_requirements(tiny.root) == told
