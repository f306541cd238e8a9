"""A class's attempts, for the instructor: who tried how often, and which hidden tests changed between attempts."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from autograder.batch.cache import REPORTS, write_text
from autograder.grading.report import FAILED, OUTCOMES, PASSED, Report, number
from autograder.grading.safe_text import for_csv
from autograder.pages.write import ATTEMPTS, template
from autograder.serve.store import DONE, Attempt, Store

TEMPLATES = Path(__file__).resolve().parent / "templates"
_COLUMNS = (
    "student",
    "uploads",
    "attempts",
    "first points",
    "last points",
    "out of",
    "last upload (UTC)",
    "moved",
)


@dataclass(frozen=True)
class Results:
    """The parts of a report that are needed here, kept next to the report, which takes thirty times as long to read."""

    score: float
    max_score: float
    outcomes: Mapping[str, str]

    @classmethod
    def of(cls, report: Report) -> Results:
        outcomes = {
            f"{name}: {test.name}": test.outcome for name, task in report.tasks.items() for test in task.tests
        }
        return cls(report.score, report.max_score, outcomes)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Results:
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Move:
    """A hidden test whose outcome differs from the attempt before."""

    test: str
    attempt: int
    now: str


@dataclass(frozen=True)
class History:
    """One student's attempts at an assignment."""

    student: str
    uploads: int
    results: tuple[Results, ...]
    """Results of the graded attempts, in order."""
    moves: tuple[Move, ...]
    last_upload: float
    last_number: int

    @property
    def last(self) -> str:
        return f"{datetime.fromtimestamp(self.last_upload, UTC):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class TestMoves:
    """How a class did on one hidden test, in the first attempt and in the last."""

    test: str
    failed_first: int
    failed_last: int
    fixed: int

    __test__ = False  # pytest would otherwise try to collect a class of this name


def histories(attempts: Iterable[Attempt]) -> list[History]:
    """The histories of the students who uploaded, by name."""
    by_student: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_student.setdefault(attempt.student, []).append(attempt)
    return [_history(student, theirs) for student, theirs in sorted(by_student.items())]


def _history(student: str, attempts: Sequence[Attempt]) -> History:
    graded = [
        (place, Results.from_json(one.results))
        for place, one in enumerate(attempts, start=1)
        if one.state == DONE and one.results
    ]
    moves = []
    before: dict[str, str] = {}
    for place, results in graded:
        now = results.outcomes
        moves += [Move(test, place, now[test]) for test in now if before.get(test, now[test]) != now[test]]
        before = now
    last = attempts[-1]
    return History(
        student,
        len(attempts),
        tuple(results for _, results in graded),
        tuple(moves),
        last.received,
        last.number,
    )


def moved_tests(found: Sequence[History]) -> list[TestMoves]:
    """Tests that failed in somebody's first or last attempt; those fixed most often come first."""
    ends = [(one.results[0].outcomes, one.results[-1].outcomes) for one in found if one.results]
    tests = {test for first, last in ends for test in (*first, *last)}
    moves = [
        TestMoves(
            test,
            sum(first.get(test) == FAILED for first, _ in ends),
            sum(last.get(test) == FAILED for _, last in ends),
            sum(first.get(test) == FAILED and last.get(test) == PASSED for first, last in ends),
        )
        for test in tests
    ]
    return sorted(
        (one for one in moves if one.failed_first or one.failed_last), key=lambda one: (-one.fixed, one.test)
    )


def attempts_page(
    assignment: str,
    attempts: Sequence[Attempt],
    rules: Sequence[str],
    made: str,
    others: Sequence[tuple[str, str]] = (),
    attempt_links: str | None = None,
    notice: str = "",
) -> str:
    """The page as HTML. `others` are the pages of all assignments; `attempt_links` precedes an attempt's number in
    links.

    `notice` is what the instructor should do about the service.
    """
    found = histories(attempts)
    counts = [len(one.results) for one in found if one.results]
    return template("attempts.html", TEMPLATES).render(
        assignment=assignment,
        histories=found,
        uploads=len(attempts),
        graded=sum(counts),
        median=median(counts) if counts else 0,
        tests=moved_tests(found),
        outcomes=OUTCOMES,
        rules=rules,
        others=others,
        attempt_links=attempt_links,
        notice=notice,
        made=made,
    )


def as_csv(found: Sequence[History]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for one in found:
        ends = [number(one.results[0].score), number(one.results[-1].score)] if one.results else ["", ""]
        most = number(one.results[-1].max_score) if one.results else ""
        moved = "; ".join(f"{move.test} {OUTCOMES[move.now]} in {move.attempt}" for move in one.moves)
        cells = [one.student, one.uploads, len(one.results), *ends, most, one.last, moved]
        writer.writerow([for_csv(str(cell)) for cell in cells])
    return out.getvalue()


def write_attempts(root: Path, name: str, store: Store, rules: Sequence[str], made: str) -> list[Path]:
    """Writes the page and the CSV file next to the class page; empty if nobody uploaded anything."""
    attempts = store.attempts(name, reports=False)
    if not attempts:
        return []
    page, table = root / REPORTS / name / ATTEMPTS, root / REPORTS / name / "attempts.csv"
    write_text(page, attempts_page(name, attempts, rules, made))
    write_text(table, as_csv(histories(attempts)))
    return [page, table]
