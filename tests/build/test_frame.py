"""The first and the last cell of a released notebook: when it is due, how to run and submit it, what is still open."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

import autograder.build.release as build
from autograder.grading.assignment import REPOSITORY, SHARED
from tests import course

CONFIGURATION = """\
c = get_config()
c.LatePenalty.due = {"tiny": "2026-10-16 23:59 Europe/Berlin"}
c.Release.published = "https://github.com/my-university/notebooks/blob/main"
"""


def sources(tiny) -> list[str]:
    build.release("tiny", tiny.root, proof=False)
    file = tiny.root / "release" / "tiny" / "tiny.ipynb"
    return ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]]


def test_the_due_date_is_where_students_see_it(tiny) -> None:
    (tiny.root / "nbgrader_config.py").write_text(CONFIGURATION)
    cells = sources(tiny)
    assert "**Due** Friday, 16 October 2026, 23:59 (Europe/Berlin)." in cells[1]
    assert "submit the file `tiny.ipynb` until Friday, 16 October 2026, 23:59 (Europe/Berlin)." in cells[-2]


def test_a_published_release_opens_in_colab(tiny) -> None:
    (tiny.root / "nbgrader_config.py").write_text(CONFIGURATION)
    link = "https://colab.research.google.com/github/my-university/notebooks/blob/main/tiny/tiny.ipynb"
    assert f"]({link})" in sources(tiny)[1]


def test_without_settings_there_is_no_date_and_no_link(tiny) -> None:
    cells = sources(tiny)
    assert "Due" not in cells[1]
    assert "colab.research" not in cells[1]
    assert "submit the file `tiny.ipynb`." in cells[-2]


def test_the_last_cell_knows_the_tasks(tiny) -> None:
    assert sources(tiny)[-1].endswith(
        'submission.check(\n    "tiny",\n    coding=["double"],\n    written=["why"],\n)'
    )


def test_the_last_cell_offers_the_service_where_the_course_has_one(tiny) -> None:
    address = 'c.Release.service = "https://try.example.org"'
    assert "service" not in sources(tiny)[-1]
    (tiny.root / "nbgrader_config.py").write_text(f"c = get_config()\n{address}\n")
    last = sources(tiny)[-1]
    assert last.endswith('service.offer("tiny", "https://try.example.org")') and "import service," in last


# ---- what the last cell says


@pytest.fixture
def submission(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(REPOSITORY / SHARED))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    from course import checks, submission

    monkeypatch.setattr(checks, "RESULTS", {})
    return submission


def solved(tmp_path: Path, **sources: str) -> Path:
    """The tiny course's notebook, solved, with these sources instead of its own."""
    root = course.make_course(tmp_path)
    book = json.loads((root / "release" / "tiny" / "tiny.ipynb").read_text())
    for name, text in {**course.SOLUTIONS, "explain": "Because.", **sources}.items():
        course.cell(book, name)["source"] = text
    file = tmp_path / "tiny.ipynb"
    file.write_text(json.dumps(book))
    return file


def said(submission: ModuleType, capsys: pytest.CaptureFixture[str], file: Path | None) -> list[str]:
    submission.check("tiny", coding=["double", "square"], written=["explain"], file=file)
    return capsys.readouterr().out.splitlines()


def test_tasks_are_counted_by_their_public_checks(submission, capsys, tmp_path) -> None:
    from course import checks

    with checks.task("double"):
        pass
    with pytest.raises(AssertionError), checks.task("square"):
        checks.that(False, "no")
    capsys.readouterr()
    assert said(submission, capsys, solved(tmp_path)) == [
        "1 of 2 tasks pass their public checks. Failing: `square`."
    ]


def test_an_empty_answer_is_named(submission, capsys, tmp_path) -> None:
    file = solved(tmp_path, explain="Why?\n\n*Your answer here.*")
    assert "Written answers that are empty in the saved notebook: `explain`." in said(
        submission, capsys, file
    )


def test_a_name_that_a_later_cell_replaces_is_named(submission, capsys, tmp_path) -> None:
    file = solved(tmp_path)
    book = json.loads(file.read_text())
    extra = {"cell_type": "code", "metadata": {}, "source": ["for double in range(3):\n", "    pass"]}
    file.write_text(json.dumps(book | {"cells": [*book["cells"], extra]}))
    (sentence,) = said(submission, capsys, file)[1:]
    assert sentence.startswith(f"`double` of the task double is replaced by cell {len(book['cells']) + 1}")


def test_a_function_of_python_s_own_that_a_later_cell_replaces_is_named(submission, capsys, tmp_path) -> None:
    """But for one that the task does not use, and for a name that is an argument there."""
    file = solved(tmp_path, double="def double(input):\n    return sum([input, input])")
    book = json.loads(file.read_text())
    extra = {"cell_type": "code", "metadata": {}, "source": "sum, id, input = 0, 1, 2"}
    file.write_text(json.dumps(book | {"cells": [*book["cells"], extra]}))
    (sentence,) = said(submission, capsys, file)[1:]
    assert sentence == (
        "`sum` is a function of Python's own, which the task double uses, and is replaced by "
        f"cell {len(book['cells']) + 1}: give it another name there."
    )


def test_a_notebook_that_is_not_found_is_no_error(submission, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert said(submission, capsys, None)[1].startswith("tiny.ipynb was not found here: save it")
