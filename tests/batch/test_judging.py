"""Judging a class: what is kept, what is judged again, and a judge process that dies."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import classroom
from autograder.batch import local
from autograder.batch.cache import Kept
from autograder.batch.judging import JudgingRefused, Verdict, judge
from autograder.batch.local import JudgeProcess, LocalJudges, setup
from autograder.batch.submitted import collect
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
)
from autograder.grading.submission import read
from tests import course

TASKS = {
    "double": TaskResult(2.0, 2.0, GRADED),
    "square": TaskResult(3.0, 3.0, GRADED),
    "explain": TaskResult(None, 2.0, MANUAL),
}
REPORT = Report(course.NAME, "", TASKS, "fake", 0.1)
GROUNDS = {"submission": "1", "grader": "2", "release": "3", "code": "4", "data": "5", "libraries": "torch 2"}

FAKE = """
import json, pathlib, sys
from autograder.grading.assignment import Assignment
from autograder.grading.submission import read
lives, answer = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])
root = json.loads(sys.stdin.readline())["root"]
for line in sys.stdin:
    question = json.loads(line)
    left = int(lives.read_text())
    if left > 0:
        lives.write_text(str(left - 1))
        sys.exit(1)  # dies over the question
    assignment = Assignment.load(question["assignment"], root=pathlib.Path(root))
    with lives.with_name("questions").open("a") as asked:
        asked.write(line)
    given = answer["gpu" if question["tests"] else "plain"]
    print(json.dumps({"submission": read(question["file"], assignment).digest, **given}), flush=True)
"""


class FakeJudges:
    """Stands for the judge processes: each dies over a question until `deaths` are used up, then answers."""

    def __init__(self, folder: Path) -> None:
        self.deaths = folder / "deaths"
        self.started = 0
        self.seeds: list[int] = []
        self.answer: dict = {"report": REPORT.to_json(), "errors": []}
        self.gpu_answer: dict = {}
        self.deaths.write_text("0")

    def start_family(self, setup: dict, size: int) -> list[subprocess.Popen[str]]:
        return [self.start(setup) for _ in range(size)]

    def start(self, setup: dict) -> subprocess.Popen[str]:
        self.started += 1
        self.seeds.append(setup["seed"])
        answers = {"plain": self.answer, "gpu": self.gpu_answer}
        command = [sys.executable, "-c", FAKE, str(self.deaths), json.dumps(answers)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=course.REPOSITORY
        )
        process.stdin.write(json.dumps(setup) + "\n")
        return process

    @property
    def asked(self) -> list[dict]:
        """The questions that were answered."""
        file = self.deaths.with_name("questions")
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def judges(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> FakeJudges:
    judges = FakeJudges(tmp_path_factory.mktemp("judges"))
    monkeypatch.setattr(local, "_start_family", judges.start_family)
    return judges


def judged(root: Path, tiny: Assignment, jobs: int | None = None, **options: object) -> dict[str, Verdict]:
    submitted = [(tiny, one) for one in collect(root, tiny.name)]
    verdicts = judge(submitted, root, LocalJudges(root, jobs), **options)
    return {verdict.student: verdict for verdict in verdicts}


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
def test_what_decides_a_verdict_decides_whether_it_is_kept(
    root: Path, tiny: Assignment, changed: str
) -> None:
    submission = read(json.dumps(course.solved()).encode(), tiny)
    kept = Kept(root, tiny)
    kept.save(kept.grounds(submission), REPORT)
    assert kept.load(kept.grounds(submission)) is not None
    with (root / changed).open("a", encoding="utf-8") as file:
        file.write("\n")
    kept = Kept(root, tiny)
    assert kept.load(kept.grounds(submission)) is None


def test_a_graders_fault_is_judged_again(root: Path, tiny: Assignment) -> None:
    kept = Kept(root, tiny)
    kept.save(GROUNDS, replace(REPORT, tasks={"double": TaskResult(None, 2.0, ERROR)}))
    assert kept.load(GROUNDS) is None


def test_a_verdict_of_another_machine_will_do_only_where_asked_for(root: Path, tiny: Assignment) -> None:
    Kept(root, tiny).save(GROUNDS, REPORT)
    elsewhere = GROUNDS | {"libraries": "torch 1.0"}
    assert Kept(root, tiny).load(elsewhere) is None
    assert Kept(root, tiny).load(elsewhere, anywhere=True) is not None
    Kept(root, tiny).amend(elsewhere, replace(REPORT, seconds=9.0))
    assert Kept(root, tiny).load(GROUNDS).seconds == 9.0


SQUARE = TestResult("test_square", FAILED, 0.0, 1.0, "no")
ON_GPU = TestResult("test_square_on_a_gpu", DEFERRED, 0.0, 2.0)
WAITING = replace(
    REPORT, tasks={**TASKS, "square": TaskResult(0.0, 3.0, DEFERRED, (SQUARE, ON_GPU))}, seconds=1.0
)
PASSED_ON_GPU = replace(ON_GPU, outcome=PASSED, points=2.0)
SETTLED = replace(REPORT, tasks={"square": TaskResult(2.0, 3.0, GRADED, (PASSED_ON_GPU,))}, seconds=0.5)


@pytest.fixture
def waiting_class(root: Path, tiny: Assignment, judges: FakeJudges, no_gpu: None) -> None:
    """Ada's verdict waits for a GPU, judged on a machine without one."""
    course.hand_in(root, "ada", course.solved())
    judges.answer["report"] = WAITING.to_json()
    judges.gpu_answer = {"report": SETTLED.to_json(), "errors": []}
    assert judged(root, tiny)["ada"].report.pending == 4.0


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalJudges, "has_gpu", False)


def test_without_a_gpu_what_waits_for_one_is_not_judged_again(
    root: Path, tiny: Assignment, judges: FakeJudges, waiting_class: None
) -> None:
    assert not judged(root, tiny)["ada"].fresh
    assert len(judges.asked) == 1


def test_a_gpu_judges_the_deferred_tests_and_no_others(
    root: Path, tiny: Assignment, judges: FakeJudges, waiting_class: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalJudges, "has_gpu", True)
    verdict = judged(root, tiny)["ada"]
    assert judges.asked[1]["tests"] == ["test_square_on_a_gpu"]
    assert judges.asked[1]["failed"] == ["square"]
    assert verdict.report.tasks["square"] == TaskResult(2.0, 3.0, GRADED, (SQUARE, PASSED_ON_GPU))
    assert verdict.report.tasks["double"] == TASKS["double"]
    assert verdict.report.seconds == 1.5
    assert judged(root, tiny)["ada"].report == verdict.report
    assert len(judges.asked) == 2


def test_with_a_gpu_at_hand_a_run_settles_all_at_once(
    root: Path, tiny: Assignment, judges: FakeJudges, waiting_class: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalJudges, "has_gpu", True)
    course.hand_in(root, "ben", course.with_sources(double="def double(x):\n    return x + x"))
    verdicts = judged(root, tiny)
    assert {name: verdict.report.pending for name, verdict in verdicts.items()} == {"ada": 2.0, "ben": 2.0}


def test_the_gpu_run_leaves_other_submissions_alone(
    root: Path, tiny: Assignment, judges: FakeJudges, waiting_class: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalJudges, "has_gpu", True)
    course.hand_in(root, "ben", course.with_sources(double="def double(x):\n    return x + x"))
    course.hand_in(root, "cleo", b"")
    assert list(judged(root, tiny, gpu_only=True)) == ["ada"]


def test_a_gpu_whose_judge_dies_leaves_the_tests_waiting(
    root: Path, tiny: Assignment, judges: FakeJudges, waiting_class: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalJudges, "has_gpu", True)
    judges.deaths.write_text("2")
    verdict = judged(root, tiny)["ada"]
    assert verdict.report.tasks == WAITING.tasks
    assert verdict.errors


def test_grading_for_a_gpu_without_one_is_refused_in_one_sentence(
    root: Path, tiny: Assignment, no_gpu: None, capsys: pytest.CaptureFixture[str]
) -> None:
    course.hand_in(root, "ada", course.solved())
    assert classroom.grade(tiny.name, root=root, gpu_only=True) == 2
    assert capsys.readouterr().err == (
        "autograder: there is no GPU on this machine: what waits for one stays pending\n"
    )


def test_a_notebook_that_changes_while_it_is_judged_is_left_to_the_next_run(
    root: Path, tiny: Assignment, judges: FakeJudges
) -> None:
    course.hand_in(root, "ada", course.solved())
    judges.answer["submission"] = "of other cells"
    (verdict,) = judged(root, tiny).values()
    assert verdict.report.pending == 7.0
    assert "changed while it was judged" in verdict.errors[0]
    del judges.answer["submission"]
    assert judged(root, tiny)["ada"].report.score == 5.0


def test_a_verdict_without_a_sandbox_does_not_stand_for_one_with(root: Path, tiny: Assignment) -> None:
    Kept(root, tiny).save(GROUNDS, replace(REPORT, sandbox="none"))
    assert Kept(root, tiny).load(GROUNDS) is None
    assert Kept(root, tiny, unconfined=True).load(GROUNDS) is not None


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


def test_judges_that_share_a_start_work_side_by_side_and_are_replaced_when_the_first_ends(
    root: Path, tiny: Assignment
) -> None:
    file = root / "handed-in.ipynb"
    file.write_text(json.dumps(course.solved()))
    question = {"assignment": tiny.name, "file": str(file), "tests": [], "failed": []}
    family = JudgeProcess.family(setup(root, None), [tiny.name], 3)
    try:
        with ThreadPoolExecutor(3) as threads:
            answers = list(threads.map(lambda process: process.ask(question), family))
        family[0]._process.kill()
        answers.append(family[2].ask(question))
    finally:
        for process in family:
            process.close()
    assert [Report.from_json(answer["report"]).score for answer in answers] == [5.0] * 4
    assert len({answer["report"]["sandbox"] for answer in answers}) == 1


def test_judges_that_share_a_start_all_say_why_they_refuse(root: Path) -> None:
    family = JudgeProcess.family(setup(root, "no such rung"), [], 2)
    for process in family:
        with pytest.raises(JudgingRefused, match="no such rung"):
            process.ask({})
        process.close()


def test_what_cannot_be_read_gets_nothing_and_says_why(
    root: Path, tiny: Assignment, judges: FakeJudges
) -> None:
    course.hand_in(root, "ada", b"")
    course.hand_in(root, "bob", course.solved())
    (root / "submitted" / "cyd" / "tiny").mkdir(parents=True)
    verdicts = judged(root, tiny)
    assert verdicts["ada"].problem.startswith("tiny.ipynb is empty: download it again")
    assert verdicts["ada"].report.score == 0.0
    assert verdicts["cyd"].problem == "no notebook in submitted/cyd/tiny: submit tiny.ipynb"
    assert verdicts["bob"].report.score == 5.0


@pytest.mark.parametrize("name", [course.NAME, None])
def test_a_mistyped_student_is_refused_and_leaves_no_class_to_show(
    root: Path, judges: FakeJudges, name: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    course.hand_in(root, "ada", course.solved())
    assert classroom.grade(name, ["adda"], root=root) == 2
    where = f" for {name}" if name else ""
    assert capsys.readouterr().err == f"autograder: adda submitted nothing{where}: did you mean ada?\n"
    assert not (root / "reports" / course.NAME / "class.json").exists()


def test_a_bug_in_a_grader_is_one_line_for_the_class(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    judges.answer["errors"] = ["submission: test_square: KeyError: 'oops' (tiny.py, line 3)"]
    for name in ("ada", "ben", "cleo"):
        course.hand_in(root, name, course.with_sources(double=f"def double(x):  # {name}\n    return 2 * x"))
    assert classroom.grade(course.NAME, root=root) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "autograder: ada and 2 more: a grader has a bug that costs no points: submission: test"
    )


def test_the_notebook_of_another_assignment_is_named(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    course.hand_in(root, "ada", course.of_another(root, "huge"))
    course.hand_in(root, "bob", course.solved())
    assert classroom.grade(course.NAME, root=root) == 0
    sentence = "this is the notebook of huge: submit tiny.ipynb"
    assert capsys.readouterr().err == f"autograder: ada: {sentence}\n"
    report = json.loads((root / "reports" / course.NAME / "ada.json").read_text())
    assert report["repairs"][0] == sentence
