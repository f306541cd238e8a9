"""nbgrader, end to end: the three ways of grading, the gradebook, the feedback, and what must not stop them."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, NbGraderApp
from nbgrader.apps.api import NbGraderAPI
from nbgrader.validator import Validator

from autograder import classroom
from autograder.batch import local
from autograder.batch.judging import Verdict
from autograder.batch.submitted import collect
from autograder.gradebook.configuration import read_configuration
from autograder.gradebook.enter_marks import Converter
from autograder.grading.assignment import Assignment
from autograder.grading.report import (
    DEFERRED,
    ERROR,
    FAILED,
    GRADED,
    MANUAL,
    PASSED,
    Report,
    TaskResult,
    TestResult,
    task_from_tests,
)
from tests import course
from tests.batch.test_judging import FakeJudges, judges

__all__ = ["judges"]  # the fixture


@dataclass(frozen=True)
class Mark:
    """One cell's entry in the gradebook."""

    auto: float | None
    waits: bool
    comment: str | None = None


FULL = {"double-tests": Mark(2.0, False), "square-tests": Mark(3.0, False)}
NOTHING = {"double-tests": Mark(0.0, False), "square-tests": Mark(0.0, False)}
WAITS = {"explain": Mark(None, True)}
HALF = {**FULL, "double-tests": Mark(1.0, False)}
HALF_RIGHT = "def double(x):\n    return abs(2 * x)"


def marks(root: Path) -> dict[str, dict[str, Mark]]:
    found: dict[str, dict[str, Mark]] = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(course.NAME):
            (notebook,) = submission.notebooks
            grades = {
                grade.name: Mark(grade.auto_score, grade.needs_manual_grade) for grade in notebook.grades
            }
            found[submission.student.id] = grades
    return found


def comments(root: Path, student: str) -> dict[str, str | None]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        notebook = gradebook.find_submission_notebook(course.NAME, course.NAME, student)
        return {comment.name: comment.auto_comment for comment in notebook.comments}


def hand_in_a_class(root: Path) -> None:
    """Submissions that stop stock nbgrader, among sound ones before and after them."""
    course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "bob", course.with_sources(double=HALF_RIGHT))
    course.hand_in(root, "corrupt", b'{"cells": [')
    doubled = course.solved()
    doubled["cells"].append(copy.deepcopy(course.cell(doubled, "double-tests")))
    course.hand_in(root, "doubled", doubled)
    (root / "submitted" / "empty" / course.NAME).mkdir(parents=True)
    course.hand_in(root, "misnamed", course.with_sources(double=HALF_RIGHT), "inner/Tiny (2).ipynb")
    skipped = course.with_sources(square=course.STUBS["square"])
    course.cell(skipped, "square-tests")["metadata"]["tags"] = ["skip-execution"]
    course.cell(skipped, "square-tests")["metadata"]["nbgrader"]["points"] = 1000
    course.hand_in(root, "skipped", skipped)
    stripped = course.solved()
    for cell in stripped["cells"]:
        cell["metadata"] = {}
    course.hand_in(root, "stripped", stripped)
    course.hand_in(root, "zoe", course.with_sources(explain=course.STUBS["explain"]))


CLASS = {
    "ada": FULL | WAITS,
    "bob": HALF | WAITS,
    "corrupt": NOTHING | {"explain": Mark(0.0, False)},
    "doubled": FULL | WAITS,
    "misnamed": HALF | WAITS,
    "skipped": {**FULL, "square-tests": Mark(0.0, False)} | WAITS,
    "stripped": FULL | WAITS,
    "zoe": FULL | WAITS,
}


def nbgrader(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("nbgrader")), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(course.REPOSITORY), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


def api(root: Path, monkeypatch: pytest.MonkeyPatch) -> NbGraderAPI:
    """What formgrader's buttons call, with the course's configuration, loaded twice as formgrader does."""
    monkeypatch.chdir(root)
    app = NbGraderApp()
    app.initialize([])
    app.load_config_file()
    return NbGraderAPI(app.coursedir, parent=app)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose class was graded by `autograder grade`."""
    root = course.make_course(tmp_path_factory.mktemp("graded"))
    hand_in_a_class(root)
    assert classroom.grade(course.NAME, root=root) == 0
    return root


def test_grading_a_class_gives_every_student_what_is_due(graded: Path) -> None:
    assert marks(graded) == CLASS


def test_the_command_gives_the_same_marks(graded: Path, tmp_path: Path) -> None:
    root = course.make_course(tmp_path)
    shutil.copytree(graded / "submitted", root / "submitted", symlinks=True)
    done = nbgrader(root, "autograde", course.NAME)
    assert done.returncode == 0, done.stderr
    assert "breaks off" in done.stderr and "no notebook in submitted/empty/tiny" in done.stderr
    assert marks(root) == CLASS


def test_formgraders_button_gives_the_same_marks(
    graded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = course.make_course(tmp_path)
    shutil.copytree(graded / "submitted" / "misnamed", root / "submitted" / "misnamed", symlinks=True)
    (root / "submitted" / "misnamed" / course.NAME / "tiny.ipynb").unlink()  # as it was submitted
    door = api(root, monkeypatch)
    result = door.autograde(course.NAME, "misnamed")
    assert result["success"], result
    assert marks(root) == {"misnamed": CLASS["misnamed"]}
    assert door.get_source_assignments() == {course.NAME}


def test_reports_are_on_disk(graded: Path) -> None:
    folder = graded / "reports" / course.NAME
    everyone = json.loads((folder / "class.json").read_text())
    assert [report["student"] for report in everyone] == sorted(CLASS)  # "empty" submitted no file
    bob = json.loads((folder / "bob.json").read_text())
    assert bob in everyone
    assert (bob["score"], bob["max_score"], bob["pending"]) == (4.0, 5.0, 2.0)
    assert json.loads((folder / "doubled.json").read_text())["repairs"] == [
        "cell double-tests found more than once: further copies kept as extra cells"
    ]
    misnamed = json.loads((folder / "misnamed.json").read_text())
    assert misnamed["repairs"] == ["notebook was submitted as inner/Tiny (2).ipynb"]


def test_an_unchanged_class_is_neither_judged_nor_converted(
    graded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("something was done again")

    monkeypatch.setattr("autograder.batch.local._start_family", refuse)
    monkeypatch.setattr("autograder.gradebook.enter_marks.Converter.__init__", refuse)
    assert classroom.grade(course.NAME, root=graded) == 0


def test_the_autograded_notebook_holds_the_report_before_the_points(graded: Path) -> None:
    text = (graded / "autograded" / "bob" / course.NAME / "tiny.ipynb").read_text()
    assert text.count("\n") == 1  # ten times as fast as indented
    book = json.loads(text)
    outputs = course.cell(book, "double-tests")["outputs"]
    assert [output["output_type"] for output in outputs] == ["display_data", "execute_result"]
    assert "".join(outputs[-1]["data"]["text/plain"]) == "1.0"
    said = "".join(outputs[0]["data"]["text/plain"])
    assert "double: 1 of 2" in said
    assert "not twice the number below zero" in said


def test_feedback_shows_the_report_and_nothing_hidden(graded: Path) -> None:
    done = nbgrader(graded, "generate_feedback", course.NAME)
    assert done.returncode == 0, done.stderr
    pages = {student: graded / "feedback" / student / course.NAME / "tiny.html" for student in CLASS}
    text = {student: page.read_text(encoding="utf-8") for student, page in pages.items()}
    assert "double: 1 of 2 points" in text["bob"]
    assert "not twice the number below zero" in text["bob"]
    assert "breaks off" in text["corrupt"]
    assert "submitted as inner/Tiny (2).ipynb" in text["misnamed"]
    for page in text.values():
        assert course.HIDDEN not in page
        assert "as_number(" not in page
    for file in (graded / "feedback").rglob("*"):
        assert file.is_dir() or course.HIDDEN not in file.read_text(encoding="utf-8")


def test_a_student_who_writes_nbgraders_markers_gets_feedback(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = course.SOLUTIONS["double"] + "\n### BEGIN HIDDEN TESTS"
    course.hand_in(root, "ada", course.with_sources(double=source))
    enter(root, "ada", REPORT)
    result = api(root, monkeypatch).generate_feedback(course.NAME, "ada")
    assert result["success"], result


# the rest enters verdicts that were not judged here

TASKS = {
    "double": TaskResult(2.0, 2.0, GRADED),
    "square": TaskResult(3.0, 3.0, GRADED),
    "explain": TaskResult(None, 2.0, MANUAL),
}
REPORT = Report(course.NAME, "ada", TASKS, "fake", 0.1)


def with_double(result: TaskResult) -> Report:
    return replace(REPORT, tasks={**TASKS, "double": result})


def enter(root: Path, student: str, report: Report) -> None:
    assignment = Assignment.load(course.NAME, root=root)
    config = read_configuration(root)
    (submitted,) = collect(root, course.NAME, [student])
    assert Converter(root, assignment, config).convert(Verdict(submitted, report)) == ""


@pytest.mark.parametrize(("status", "words"), [(ERROR, "a bug in the grader"), (DEFERRED, "need a GPU")])
def test_a_task_with_nothing_decided_needs_a_manual_grade(root: Path, status: str, words: str) -> None:
    course.hand_in(root, "ada", course.solved())
    test = TestResult("test_double", status, 0.0, 2.0, "what happened")
    enter(root, "ada", with_double(TaskResult(None, 2.0, status, (test,))))
    assert marks(root)["ada"]["double-tests"] == Mark(None, True)
    assert words in comments(root, "ada")["double"]
    book = json.loads((root / "autograded" / "ada" / course.NAME / "tiny.ipynb").read_text())
    assert "double: 2 pending" in "".join(
        course.cell(book, "double-tests")["outputs"][0]["data"]["text/plain"]
    )


def test_points_that_are_decided_count_while_others_are_pending(root: Path) -> None:
    course.hand_in(root, "ada", course.solved())
    tests = (
        TestResult("test_up", PASSED, 1.5, 1.5),
        TestResult("test_on_a_gpu", DEFERRED, 0.0, 0.5),
    )
    enter(root, "ada", with_double(task_from_tests(tests, 2.0)))
    assert marks(root)["ada"]["double-tests"] == Mark(1.5, True)
    assert "need a GPU" in comments(root, "ada")["double"]
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        assert gradebook.find_submission(course.NAME, "ada").score == 4.5
    enter(root, "ada", REPORT)
    assert marks(root)["ada"]["double-tests"] == Mark(2.0, False)


def test_a_settled_verdict_takes_the_waiting_back(root: Path) -> None:
    course.hand_in(root, "ada", course.solved())
    enter(root, "ada", with_double(TaskResult(None, 2.0, DEFERRED)))
    enter(root, "ada", REPORT)
    assert marks(root)["ada"]["double-tests"] == Mark(2.0, False)
    assert comments(root, "ada")["double"] is None


FAULTY = TaskResult(
    1.0,
    2.0,
    ERROR,
    (TestResult("test_up", PASSED, 1.0, 1.0), TestResult("test_down", ERROR, 0.0, 1.0, "a bug")),
)


@pytest.mark.parametrize(
    ("double", "mark"),
    [(TASKS["double"], Mark(2.0, False)), (FAULTY, Mark(1.0, True))],
    ids=["sound", "faulty"],
)
def test_nbgrader_autograde_judges_each_submission_once(
    root: Path, judges: FakeJudges, monkeypatch: pytest.MonkeyPatch, double: TaskResult, mark: Mark
) -> None:
    """A verdict with an error is never kept: each step that looked for it again would reach another."""
    course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "bob", course.with_sources(double=HALF_RIGHT))
    judges.answer = {"report": with_double(double).to_json(), "errors": ["a bug"]}
    starts: list[int] = []

    def start_family(setup: dict, size: int) -> list[subprocess.Popen[str]]:
        starts.append(size)
        return judges.start_family(setup, size)

    monkeypatch.setattr(local, "_start_family", start_family)
    monkeypatch.chdir(root)
    app = AutogradeApp()
    app.initialize([course.NAME])
    app.start()
    assert len(starts) == 1
    assert sorted(question["file"].split("/")[-3] for question in judges.asked) == ["ada", "bob"]
    assert [marks(root)[student]["double-tests"] for student in ("ada", "bob")] == [mark, mark]


def test_without_force_nbgrader_judges_only_what_it_converts(
    root: Path, judges: FakeJudges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    judges.answer = {"report": with_double(FAULTY).to_json(), "errors": []}
    for student, timestamp, asked in (
        ("ada", "2026-10-16 12:00:00 UTC", 1),
        ("bob", "", 2),
        ("ada", "2026-10-17 12:00:00 UTC", 3),  # submitted again
    ):
        file = course.hand_in(root, student, course.solved())
        if timestamp:
            file.with_name("timestamp.txt").write_text(timestamp)
        app = AutogradeApp()
        app.initialize([course.NAME])
        app.start()
        assert len(judges.asked) == asked


@pytest.mark.parametrize(("points", "entered"), [(1e9, 2.0), (-5.0, 0.0), (0.1 + 0.2, 0.1 + 0.2)])
def test_points_stay_between_nothing_and_the_maximum(root: Path, points: float, entered: float) -> None:
    course.hand_in(root, "ada", course.solved())
    enter(root, "ada", with_double(TaskResult(points, 2.0, GRADED)))
    assert marks(root)["ada"]["double-tests"] == Mark(entered, False)


def test_what_a_student_prints_is_shown_as_text(root: Path) -> None:
    course.hand_in(root, "ada", course.solved())
    test = TestResult("test_double", FAILED, 0.0, 2.0, "<script>alert(1)</script>")
    enter(root, "ada", with_double(TaskResult(0.0, 2.0, GRADED, (test,))))
    book = json.loads((root / "autograded" / "ada" / course.NAME / "tiny.ipynb").read_text())
    assert "<script>" not in "".join(course.cell(book, "double-tests")["outputs"][0]["data"]["text/html"])


def test_nbgraders_own_release_is_refused_before_it_deletes_ours(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = api(root, monkeypatch).generate_assignment(course.NAME)
    assert not result["success"]
    assert "run `make release`" in result["error"]
    assert (root / "release" / course.NAME / "tiny.ipynb").is_file()


def test_nothing_submitted_is_one_sentence(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert classroom.grade(course.NAME, root=root) == 2
    assert "nothing submitted" in capsys.readouterr().err


def test_a_cluster_is_refused_in_one_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograder.batch.cluster._CONNECT_SECONDS", 0.5)
    assert classroom.grade(course.NAME, root=root, scheduler="tcp://somewhere:8786") == 2
    assert "--scheduler" in capsys.readouterr().err


@pytest.mark.parametrize(("source", "failed"), [(course.SOLUTIONS["double"], 0), (course.STUBS["double"], 1)])
def test_students_can_still_validate(root: Path, source: str, failed: int) -> None:
    file = course.hand_in(root, "ada", course.with_sources(double=source))
    results = Validator().validate(str(file))
    assert len(results.get("failed", [])) == failed
