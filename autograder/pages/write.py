"""The pages of a graded class: `reports/<assignment>/class.html` for the instructor, `<student>.html` for each student.

Made from the gradebook's marks, the reports on disk and the submitted notebooks, by `make grade` and again by
`make report`; nothing is judged here. Each page is one file that fetches nothing, and every word goes through Jinja's
autoescape. The only script is workbench.js, on the pages that the instructor reads: their policy names it by its hash.
A student's page has only what that student may read: no flags, no similarity, nobody else's data.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from autograder.batch.alone import alone
from autograder.batch.cache import KEPT, REPORTS, code_digest, read_json, write_json, write_text
from autograder.batch.submitted import collect
from autograder.gradebook.archive import ARCHIVE
from autograder.gradebook.class_marks import (
    HISTORY,
    ClassMarks,
    Graded,
    NothingGraded,
    marks_of_class,
)
from autograder.gradebook.configuration import read_configuration
from autograder.gradebook.criteria import Criterion, criteria_of
from autograder.gradebook.entries import Entries
from autograder.gradebook.marks import TaskMark
from autograder.grading.assignment import REPOSITORY, Assignment, AssignmentError
from autograder.grading.report import NOT_RUN, OUTCOMES, PASSED, TaskResult, number
from autograder.grading.safe_text import say, visible
from autograder.grading.submission import UnreadableSubmission, read
from autograder.pages.class_summary import (
    ASKED,
    LOOK_AGAIN,
    is_unread,
    split_message,
    summarize,
    why_pending,
)
from autograder.pages.figures import figures_of
from autograder.pages.flags import Flag, find_flags, forbidden_by, published_numbers
from autograder.pages.similarity import Code, Pair, Similarity, code_of, compare, released_code

TEMPLATES = Path(__file__).resolve().parent / "templates"
_MAKERS = ("autograder/pages", "autograder/grading", "autograder/gradebook/criteria.py")
"""The code that makes pages: if something there changes, all pages are made again."""


ATTEMPTS = "attempts.html"
"""A page next to the class page, if students tried notebooks before the deadline (`make attempts`)."""
_FORMGRADER = "http://localhost:8888/formgrader"
"""Where formgrader is, unless nbgrader_config.py says so (`c.ClassPage.formgrader`)."""
_MADE = re.compile(r"<time>([^<]*)</time>")


class Notebooks:
    """Looks into the notebooks of students who were just graded, while others are judged, to save time in
    `write_pages`."""

    def __init__(self, root: Path, assignment: Assignment) -> None:
        self._root = root
        self._assignment = assignment

    def look_into(self, student: str, file: Path | None) -> None:
        _found_in(self._root, student, file, self._look)

    @cached_property
    def _look(self) -> _Look:
        return _Look(self._assignment)


def write_pages(root: Path, assignment: Assignment, marks: ClassMarks | None = None) -> Path:
    """Write the pages of all who were ever graded; returns the class page.

    Args:
        marks: as `marks_of_class` has just read them; by default, they are read again.

    Raises:
        NothingGraded: no class.json, or an empty one.
    """
    marks = marks or marks_of_class(root, assignment)
    students = [one.student for one in marks.reported]
    submitted = {one.student: one for one in collect(root, assignment.name, students)}
    look = _Look(assignment)
    found = {}
    for one in marks.reported:
        file = submitted[one.student].file
        found[one.student] = _found_in(root, one.student, file, look)
        _write_student(root, one, file, look)
    kept = root / REPORTS / KEPT / assignment.name
    groups = sorted({one.mark.group for one in marks.reported if one.mark.group})
    codes = {name: one.code for name, one in found.items()}
    similarity = _similarity(kept, codes, groups, _earlier_years(kept, root, look), look)
    flags = {student: one.flags for student, one in found.items() if one.flags}
    page = root / REPORTS / assignment.name / "class.html"
    attempts = page.with_name(ATTEMPTS).is_file()
    formgrader = formgrader_of(root)
    write_page(
        page, lambda made: class_page(assignment.name, marks, flags, similarity, formgrader, made, attempts)
    )
    return page


def write_index(root: Path, known: Mapping[str, ClassMarks] | None = None) -> Path:
    """Write the page of all assignments; `known` has the marks that were just read, by assignment."""
    classes, left_out = dict(known or {}), []
    for name in _graded(root):
        if name not in classes:
            try:
                classes[name] = marks_of_class(root, Assignment.load(name, root=root))
            except (AssignmentError, NothingGraded) as error:  # no longer released, or damaged
                if read_json(root / REPORTS / name / "class.json") != []:  # something is graded
                    left_out.append(f"{name} is not shown, and not in the totals: {error}")
    page = root / REPORTS / "index.html"
    write_page(page, lambda made: index_page(dict(sorted(classes.items())), made, left_out))
    return page


def main_report(name: str | None = None, root: Path | None = None) -> int:
    """`python -m autograder report`: write the pages again without grading, for one assignment or all that are graded.

    If one cannot be shown, the others still are.

    Raises:
        NothingGraded: see write_pages.
        AnotherRun: another run is grading, and writes the same files.
    """
    root = root or REPOSITORY
    with alone(root):
        return _report(name, root)


def _report(name: str | None, root: Path) -> int:
    graded = _graded(root)
    if not (name or graded):
        raise NothingGraded("nothing is graded: run `make grade`")
    known = {}
    for one in [name] if name else graded:
        try:
            assignment = Assignment.load(one, root=root)
            known[one] = _settled_marks(root, assignment)
        except (AssignmentError, NothingGraded) as error:
            if name:
                raise
            say(f"{one} not shown: {error}")
            continue
        page = write_pages(root, assignment, known[one])
        if known[one].problem:
            say(f"{one}: {known[one].problem}")
        for sentence in known[one].left_out:
            say(sentence)
        print(f"{page.relative_to(root)} and a page for each student next to it")
    print(f"{write_index(root, known).relative_to(root)} shows all assignments")
    return 0


def _settled_marks(root: Path, assignment: Assignment) -> ClassMarks:
    """The marks after all later decisions of the instructor: points and penalties, extensions, another due date."""
    marks = marks_of_class(root, assignment)
    entries = Entries(root, assignment)
    if marks.problem or not entries.has_to_settle():
        return marks
    entries.settle()
    for note in entries.notes:
        say(note)
    return marks_of_class(root, assignment)


def _graded(root: Path) -> list[str]:
    return sorted(file.parent.name for file in (root / REPORTS).glob("*/class.json"))


def formgrader_of(root: Path) -> str:
    """Where formgrader is, for links."""
    return read_configuration(root).ClassPage.get("formgrader", _FORMGRADER).rstrip("/")


def write_page(page: Path, made_at: Callable[[str], str]) -> None:
    """Writes a page that says when it was made. If nothing else has changed, the old page stays, with its time."""
    if page.is_file():
        text = page.read_text(encoding="utf-8", errors="replace")
        before = _MADE.search(text)
        if before is not None and made_at(before[1]) == text:
            return
    write_text(page, made_at(_now()))


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class _Found:
    """What was found in one notebook for the class page."""

    flags: tuple[Flag, ...] = ()
    code: Code = field(default_factory=dict)
    """Its tokens (see similarity.py); empty if there is no readable notebook."""


class _Look:
    """Looks into notebooks of one assignment."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.forbidden = forbidden_by(assignment.grader_file)
        self.published = published_numbers(assignment)
        self.criteria = criteria_of(assignment)
        rules = [
            sorted((task, sorted(kinds)) for task, kinds in self.forbidden.items()),
            sorted(self.published),
            sorted((task, list(map(str, criteria))) for task, criteria in self.criteria.items()),
        ]
        self.made_with = (
            code_digest(*_MAKERS).encode() + repr(rules).encode() + assignment.template_file.read_bytes()
        )

    def into(self, file: Path | None) -> _Found:
        try:
            if file is None:
                return _Found()
            submission = read(file, self.assignment)
        except UnreadableSubmission:
            return _Found()
        return _Found(
            tuple(find_flags(submission.cells, self.forbidden, self.published)), code_of(submission)
        )


def _found_in(root: Path, student: str, file: Path | None, look: _Look) -> _Found:
    """Looks into a notebook, unless this was done before."""
    kept = root / REPORTS / KEPT / look.assignment.name / "notebooks" / f"{student}.json"
    made_from = _digest(look.made_with, _digest_of_file(file))
    match read_json(kept):
        case {"made_from": before, "flags": flags, "code": code} if before == made_from:
            return _Found(tuple(Flag(**flag) for flag in flags), code)
    found = look.into(file)
    write_json(kept, {"made_from": made_from, **asdict(found)})
    return found


def _write_student(root: Path, graded: Graded, file: Path | None, look: _Look) -> None:
    """Writes a student's page, unless it was already made from the same data."""
    name = look.assignment.name
    page = root / REPORTS / name / f"{graded.student}.html"
    stamp = root / REPORTS / KEPT / name / "pages" / f"{graded.student}.json"
    shown = json.dumps([graded.report.to_json(), graded.mark.to_json()]).encode()
    made_from = _digest(look.made_with, shown, _digest_of_file(file))
    if page.is_file() and read_json(stamp) == made_from:
        return
    write_text(page, student_page(graded, file, _now(), look.criteria))
    write_json(stamp, made_from)


def _earlier_years(kept: Path, root: Path, look: _Look) -> dict[tuple[str, str], Code]:
    """The code that students of archived years submitted, by year and student; read again when it changes."""
    name = look.assignment.name
    files = {
        (folder.name, one.student): one.file
        for folder in sorted((root / ARCHIVE).glob("[!.]*"))
        for one in collect(folder, name)
        if one.file is not None
    }
    if not files:
        return {}
    marks = [f"{year}/{student} {file.stat().st_mtime_ns}" for (year, student), file in files.items()]
    made_from = _digest(look.made_with, json.dumps(marks).encode())
    match read_json(kept / "earlier-years.json"):
        case {"made_from": before, "codes": codes} if before == made_from:
            return {(year, student): code for year, student, code in codes}
    found = {key: code for key, file in files.items() if (code := look.into(file).code)}
    codes = [(*key, code) for key, code in found.items()]
    write_json(kept / "earlier-years.json", {"made_from": made_from, "codes": codes})
    return found


def _similarity(
    kept: Path,
    codes: dict[str, Code],
    groups: list[tuple[str, ...]],
    earlier: dict[tuple[str, str], Code],
    look: _Look,
) -> Similarity:
    """The similarity of all readable notebooks; computed again when one of them has changed."""
    codes = {student: code for student, code in codes.items() if code}
    others = [(*key, code) for key, code in earlier.items()]
    made_from = _digest(look.made_with, json.dumps([codes, groups, others]).encode())
    match read_json(kept / "similarity.json"):
        case {"made_from": before, "pairs": pairs, "usual": usual} if before == made_from:
            return Similarity(tuple(Pair(**pair | {"same": tuple(pair["same"])}) for pair in pairs), usual)
    similarity = compare(codes, released_code(look.assignment), groups, earlier)
    write_json(kept / "similarity.json", {"made_from": made_from, **asdict(similarity)})
    return similarity


def _digest_of_file(file: Path | None) -> bytes:
    """A digest of a notebook's file; empty if it cannot be opened, which its page says."""
    try:
        if file is None or not file.is_file():  # reading a pipe would never end
            return b""
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError:
        return b""


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def student_page(
    graded: Graded, file: Path | None, made: str, criteria: Mapping[str, Sequence[Criterion]] | None = None
) -> str:
    """What one student may read, as HTML; `file` is the submitted notebook, `criteria` the rubrics by task."""
    return template("student.html").render(facts_for_student(graded, file, made, criteria))


def facts_for_student(
    graded: Graded, file: Path | None, made: str, criteria: Mapping[str, Sequence[Criterion]] | None = None
) -> dict[str, Any]:
    """What `student.html` shows, by name."""
    mark, report = graded.mark, graded.report
    not_read = " ".join(report.repairs[-1:]) if is_unread(report) else None
    has_run = report.sandbox != NOT_RUN
    return {
        "mark": mark,
        "report": report,
        "figures": figures_of(file, report.assignment),
        "made": made,
        "not_read": "It is not known why." if not_read == "" else not_read,
        "by_instructor": any(task.by_instructor for task in mark.tasks.values()),
        "extra": sum(task.extra_credit for task in mark.tasks.values() if task.points is not None),
        "comments": {name: task.manual_comment for name, task in mark.tasks.items() if task.manual_comment},
        "criteria": {  # before the instructor has graded, a rubric would be the answer
            name: list(map(str, listed))
            for name, listed in (criteria or {}).items()
            if name in mark.tasks and mark.tasks[name].manual is not None
        },
        "outcomes": OUTCOMES,
        "reasons": {
            name: _reason(task, report.tasks.get(name), why_pending(mark, report, name), has_run)
            for name, task in mark.tasks.items()
        },
    }


_AGAIN = {LOOK_AGAIN: ": your submission has changed since", ASKED: ", as you asked"}


def _reason(task: TaskMark, result: TaskResult | None, why: str, has_run: bool) -> str:
    """The reason for the points of a task."""
    parts = []
    if result is not None and result.tests and has_run:
        passed = sum(test.outcome == PASSED for test in result.tests)
        parts.append(f"{passed} of {len(result.tests)} hidden tests pass")
    if task.by_instructor:
        parts.append(_by_hand(task))
    if task.pending and why in _AGAIN:
        parts.append(f"to be graded again{_AGAIN[why]}")
    elif task.undecided:
        parts.append(f"{number(task.undecided)} pending ({why})")
    return "; ".join(parts)


def _by_hand(task: TaskMark) -> str:
    """What the instructor did about a task's points."""
    parts = []
    if task.is_override:
        parts.append(f"your instructor gave {number(task.manual)}, the hidden tests {number(task.automatic)}")
    elif task.manual is not None:
        parts.append("graded by your instructor")
    if task.extra_credit:
        parts.append(f"{number(task.extra_credit)} extra credit")
    return ", ".join(parts)


_FILTERS = {
    "pending": "with points pending",
    "again": "changed since the instructor graded",
    "instructor": "with points by the instructor",
    "late": "late, with a penalty",
    "extension": "with an extension",
    "regrade": "with an open regrade request",
    "excused": "excused",
    "withdrawn": "withdrawn",
    "flags": "with flags",
    "unread": "whose notebook could not be read",
    "missing": "without a submission",
}
"""The filters of the students' table."""


@dataclass(frozen=True)
class _Row:
    """What the students' table says about one student besides points."""

    tags: list[str]
    notes: list[str]
    unread: bool


def class_page(
    assignment: str,
    marks: ClassMarks,
    flags: Mapping[str, Sequence[Flag]],
    similarity: Similarity,
    formgrader: str,
    made: str,
    attempts: bool = False,
) -> str:
    """The instructor's page, as HTML; `flags` has the flags of all students who have any.

    `attempts`: whether there is a page of the attempts before the deadline next to it.
    """
    summary = summarize(marks.students)
    seconds = [report.seconds for report in summary.reports]
    slowest = sorted(summary.reports, key=lambda report: -report.seconds)[:3]
    rows = {one.student: _row(one, one.student in flags, bool(marks.problem)) for one in marks.students}
    used = {tag for row in rows.values() for tag in row.tags}
    return template("class.html").render(
        _scripted(),
        assignment=assignment,
        summary=summary,
        problem=marks.problem,
        outdated=[one.student for one in marks.students if one.is_outdated and not marks.problem],
        rows=rows,
        filters={tag: words for tag, words in _FILTERS.items() if tag in used},
        formgrader=formgrader,
        attempts=ATTEMPTS if attempts else "",
        history=HISTORY,
        by_instructor=[
            (one, name, task)
            for one in marks.students
            for name, task in one.mark.tasks.items()
            if task.by_instructor
        ],
        flags=flags,
        similarity=similarity,
        submissions=len(_submitted(marks)),
        late=sum(one.mark.penalty > 0 for one in marks.students if one.mark.counts),
        has_penalties=any(one.mark.penalty > 0 for one in marks.students),
        regrades=[(one, request) for one in marks.students for request in one.mark.regrades],
        median=median(summary.shares) if summary.shares else None,
        quartiles=_quartiles(summary.shares),
        highest=max(1, *(bar.students for bar in summary.distribution)),
        pending=sum(one.mark.undecided for one in marks.students if one.mark.counts),
        total_seconds=sum(seconds),
        median_seconds=median(seconds),
        slowest=slowest if len(seconds) > len(slowest) else [],
        sandboxes=sorted({report.sandbox for report in summary.reports} - {NOT_RUN}),
        made=made,
    )


def _submitted(marks: ClassMarks) -> list[Graded]:
    """The submissions that count."""
    return [one for one in marks.students if one.mark.submitted and one.mark.counts]


def _row(one: Graded, has_flags: bool, is_unsure: bool) -> _Row:
    mark, report = one.mark, one.report
    unread = report is not None and is_unread(report)
    facts = {
        "pending": mark.undecided > 0 or bool(mark.pending),
        "again": any(map(mark.has_changed, mark.tasks)),
        "instructor": any(task.by_instructor for task in mark.tasks.values()),
        "late": mark.penalty > 0,
        "extension": bool(mark.extension),
        "regrade": any(request.is_open for request in mark.regrades),
        "excused": mark.excused,
        "withdrawn": mark.withdrawn,
        "flags": has_flags,
        "unread": unread,
        "missing": not mark.submitted and mark.counts,
    }
    notes = []
    if unread:
        reason = " ".join(report.repairs[-1:]) or "no notebook"
        notes.append("not read: " + reason.partition(": ")[0])
    if mark.state:
        notes.append(mark.state)
    elif not mark.submitted:
        notes.append("no submission")
    if len(mark.group) > 1:
        notes.append(f"with {', '.join(one for one in mark.group if one != mark.id)}")
    if mark.extension:
        notes.append(f"extension: {_days(mark.extension)}")
    if mark.late_days:
        notes.append(f"free late days used: {mark.late_days}")
    if not (mark.in_gradebook or is_unsure):
        notes.append("not in the gradebook")
    return _Row([tag for tag, holds in facts.items() if holds], notes, unread)


def index_page(classes: Mapping[str, ClassMarks], made: str, left_out: Sequence[str] = ()) -> str:
    """All assignments with each student's total, for the instructor.

    `left_out`: a sentence for each assignment that cannot be shown.
    """
    assignments, by_student = [], {}
    for name, marks in classes.items():
        submitted = _submitted(marks)
        shares = summarize(marks.students).shares
        assignments.append(
            {
                "name": name,
                "maximum": marks.maximum,
                "submissions": len(submitted),
                "median": median(shares) if shares else None,
                "pending": sum(bool(one.mark.pending) for one in submitted),
            }
        )
        for one in marks.students:
            by_student.setdefault(one.student, {})[name] = one
    return template("index.html").render(
        _scripted(),
        assignments=assignments,
        maximum=sum(marks.maximum for marks in classes.values()),
        problems=[
            *left_out,
            *(f"{name}: {marks.problem}" for name, marks in classes.items() if marks.problem),
        ],
        rows=[_index_row(student, assignments, by_student[student]) for student in sorted(by_student)],
        made=made,
    )


def _index_row(
    student: str, assignments: list[dict[str, Any]], graded: Mapping[str, Graded]
) -> dict[str, Any]:
    marks = [one.mark for one in graded.values()]
    counted = [mark for mark in marks if mark.counts]
    excused = {name for name, one in graded.items() if one.mark.excused}
    withdrawn = any(mark.withdrawn for mark in marks)
    missing = not withdrawn and any(
        one["name"] not in excused and not (one["name"] in graded and graded[one["name"]].mark.submitted)
        for one in assignments
    )
    maximum = number(sum(one["maximum"] for one in assignments if one["name"] not in excused))
    notes = ["withdrawn"] if withdrawn else [f"excused: total of {maximum}"] if excused else []
    return {
        "student": student,
        "name": " ".join(dict.fromkeys(mark.name for mark in marks)),
        "total": sum(mark.score for mark in counted),
        "undecided": sum(mark.undecided for mark in counted),
        "tags": ["pending"] * any(mark.pending for mark in counted) + ["missing"] * missing,
        "notes": notes,
        "cells": [(one, graded.get(one["name"])) for one in assignments],
    }


def _quartiles(shares: tuple[float, ...]) -> tuple[float, ...]:
    """The lowest share, the three quartiles and the highest; empty if there are none."""
    if len(shares) < 2:
        return shares * 5
    return (shares[0], *quantiles(shares, n=4, method="inclusive"), shares[-1])


@cache
def _scripted() -> dict[str, Any]:
    """The one script of the instructor's pages, and its hash for their policy."""
    script = (TEMPLATES / "workbench.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"script": Markup(script), "script_hash": f"sha256-{digest}"}


@cache
def _environment(*folders: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "points": number,
        "value": _value,
        "days": _days,
        "by_hand": lambda task: _by_hand(task).replace("your instructor", "the instructor"),
        "percent": _percent,
        "duration": _duration,
        "words": _words,
        "code": _code,
        "split_message": split_message,
    }
    return environment


def template(name: str, *folders: Path) -> Template:
    """A template of the pages, or of `folders`, which may extend those of the pages."""
    return _environment(*folders).get_template(name)


def _visible(value: Any) -> Any:
    """Text with its invisible characters written out; markup from the templates stays as it is."""
    return visible(value) if type(value) is str else value


def _percent(share: float | None) -> str:
    return "\N{EN DASH}" if share is None else f"{100 * share:.0f} %"


def _value(points: float) -> str:
    """Points as a sort key, as exact as in exports."""
    return f"{round(points, 4):.10g}"


def _days(extension: timedelta) -> str:
    days, hours = divmod(round(extension.total_seconds() / 3600), 24)
    parts = [f"{days} day{'s' if days != 1 else ''}"] * bool(days) + [f"{hours} h"] * bool(hours)
    return " ".join(parts) or "less than an hour"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _code(sentence: str) -> Markup:
    """A sentence with its `names` set as code. Every part is escaped on its way into the markup."""
    parts = visible(sentence).split("`")
    if len(parts) % 2 == 0:  # a quotation mark is never closed
        return escape(visible(sentence))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _words(name: str) -> str:
    """A test's name as words: test_labels_stay -> labels stay."""
    return name.removeprefix("test_").replace("_", " ")
