"""Judging a class: what is kept, what is judged again, and a judge process that dies."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import judging
from autograder.assignment import Assignment
from autograder.collecting import collect
from autograder.judging import JudgingRefused, Verdict, judge
from autograder.kept import Kept
from autograder.report import DEFERRED, ERROR, GRADED, MANUAL, Report, TaskResult
from autograder.submission import read
from tests.nbgrader import course

TASKS = {
    "double": TaskResult(2.0, 2.0, GRADED),
    "square": TaskResult(3.0, 3.0, GRADED),
    "explain": TaskResult(None, 2.0, MANUAL),
}
REPORT = Report(course.NAME, "", TASKS, "fake", 0.1)

FAKE = """
import json, pathlib, sys
lives, answer = pathlib.Path(sys.argv[1]), sys.argv[2]
for line in sys.stdin:
    left = int(lives.read_text())
    lives.write_text(str(left - 1))
    if left > 0:
        sys.exit(1)  # dies over the question
    print(answer, flush=True)
"""


class FakeJudges:
    """Stands for the judge processes: each dies over a question until `deaths` are used up, then answers."""

    def __init__(self, folder: Path) -> None:
        self.deaths = folder / "deaths"
        self.started = 0
        self.seeds: list[int] = []
        self.answer: dict = {"report": REPORT.to_json(), "errors": []}
        self.deaths.write_text("0")

    def start(self, setup: dict) -> subprocess.Popen[str]:
        self.started += 1
        self.seeds.append(setup["seed"])
        command = [sys.executable, "-c", FAKE, str(self.deaths), json.dumps(self.answer)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def judges(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> FakeJudges:
    judges = FakeJudges(tmp_path_factory.mktemp("judges"))
    monkeypatch.setattr(judging, "_start_process", judges.start)
    return judges


def judged(root: Path, tiny: Assignment, **options: object) -> dict[str, Verdict]:
    return {verdict.student: verdict for verdict in judge(tiny, collect(root, tiny.name), root, **options)}


def test_an_unchanged_submission_is_not_judged_again(
    root: Path, tiny: Assignment, judges: FakeJudges
) -> None:
    course.hand_in(root, "ada", course.solved())
    assert judged(root, tiny)["ada"].fresh
    again = judged(root, tiny)["ada"]
    assert not again.fresh and again.report.score == 5.0
    assert judges.started == 1


def test_a_run_judges_everybody_on_the_same_numbers_and_the_next_run_on_others(
    root: Path, tiny: Assignment, judges: FakeJudges
) -> None:
    for names in (("ada", "ben"), ("cleo", "dan")):
        for name in names:
            course.hand_in(
                root, name, course.with_sources(double=f"def double(x):  # {name}\n    return 2 * x")
            )
        judged(root, tiny, jobs=2)
    first, second = judges.seeds[:2], judges.seeds[2:]
    assert len(set(first)) == len(set(second)) == 1
    assert first != second


def test_equal_cells_are_judged_once_and_keep_their_own_repairs(
    root: Path, tiny: Assignment, judges: FakeJudges
) -> None:
    course.hand_in(root, "ada", course.solved())
    book = course.solved()
    book["cells"].remove(course.cell(book, "double-tests"))
    course.hand_in(root, "bob", book)
    verdicts = judged(root, tiny, jobs=2)
    assert judges.started == 1
    assert verdicts["ada"].report.repairs == ()
    assert verdicts["bob"].report.repairs == ("test cell double-tests restored",)
    assert verdicts["bob"].report.student == "bob"


@pytest.mark.parametrize(
    "changed",
    [
        "release/tiny/tiny.ipynb",
        "release/tiny/plots.py",
        "solutions/tiny/tiny.ipynb",
        "autograder/graders/tiny.py",
    ],
)
def test_what_decides_a_verdict_decides_its_key(root: Path, tiny: Assignment, changed: str) -> None:
    submission = read(json.dumps(course.solved()).encode(), tiny)
    before = Kept(root, tiny).key(submission)
    with (root / changed).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert Kept(root, tiny).key(submission) != before


@pytest.mark.parametrize(("status", "kept_again"), [(DEFERRED, True), (ERROR, False)])
def test_a_graders_fault_is_judged_again(
    root: Path, tiny: Assignment, monkeypatch: pytest.MonkeyPatch, status: str, kept_again: bool
) -> None:
    monkeypatch.setattr("autograder.kept._has_gpu", lambda: False)
    kept = Kept(root, tiny)
    kept.save("key", replace(REPORT, tasks={"double": TaskResult(None, 2.0, status)}))
    assert (kept.load("key") is not None) == kept_again


def test_a_gpu_takes_up_what_was_deferred(
    root: Path, tiny: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.kept._has_gpu", lambda: True)
    kept = Kept(root, tiny)
    kept.save("key", replace(REPORT, tasks={"double": TaskResult(None, 2.0, DEFERRED)}))
    assert kept.load("key") is None


def test_a_verdict_without_a_sandbox_does_not_stand_for_one_with(root: Path, tiny: Assignment) -> None:
    Kept(root, tiny).save("key", replace(REPORT, sandbox="none"))
    assert Kept(root, tiny).load("key") is None
    assert Kept(root, tiny, unconfined=True).load("key") is not None


def test_a_dying_judge_costs_a_second_try(root: Path, tiny: Assignment, judges: FakeJudges) -> None:
    course.hand_in(root, "ada", course.solved())
    judges.deaths.write_text("1")
    assert judged(root, tiny)["ada"].report.score == 5.0
    assert judges.started == 2


def test_a_judge_that_dies_twice_leaves_the_submission_to_a_person(
    root: Path, tiny: Assignment, judges: FakeJudges
) -> None:
    course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "bob", course.with_sources(double="def double(x):\n    return 0"))
    judges.deaths.write_text("2")
    verdicts = judged(root, tiny, jobs=1)
    statuses = {name: task.status for name, task in verdicts["ada"].report.tasks.items()}
    assert statuses == {"double": ERROR, "square": ERROR, "explain": MANUAL}
    assert verdicts["ada"].report.score == 0.0 and verdicts["ada"].report.pending == 7.0
    assert verdicts["ada"].errors
    assert verdicts["bob"].report.score == 5.0


def test_a_judge_that_refuses_ends_the_run_with_its_sentence(
    root: Path, tiny: Assignment, judges: FakeJudges
) -> None:
    course.hand_in(root, "ada", course.solved())
    judges.answer = {"refused": "no sandbox holds here"}
    with pytest.raises(JudgingRefused, match="no sandbox holds here"):
        judged(root, tiny)


def test_what_cannot_be_read_gets_nothing_and_says_why(
    root: Path, tiny: Assignment, judges: FakeJudges
) -> None:
    course.hand_in(root, "ada", b"")
    course.hand_in(root, "bob", course.solved())
    (root / "submitted" / "cyd" / "tiny").mkdir(parents=True)
    verdicts = judged(root, tiny)
    assert verdicts["ada"].problem == "tiny.ipynb is empty: save the notebook and hand it in again"
    assert verdicts["ada"].report.score == 0.0
    assert verdicts["cyd"].problem == "no notebook in submitted/cyd/tiny: hand in tiny.ipynb"
    assert verdicts["bob"].report.score == 5.0
