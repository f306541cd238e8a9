"""The pages of a graded class: `reports/<assignment>/class.html` for the instructor, `<student>.html` for each student.

Made from the reports on disk and the submitted notebooks, by `make grade` and again by `make report`; nothing is
judged here. Each page is one file: no script, nothing fetched. Every word goes through Jinja's
autoescape. A student's page holds what that student may read: no flags, no similarity, nobody else's data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.batch.cache import KEPT, REPORTS, code_digest, read_json, write_json, write_text
from autograder.batch.submitted import collect
from autograder.grading.assignment import REPOSITORY, Assignment
from autograder.grading.report import NOT_RUN, OUTCOMES, PENDING, Report, number
from autograder.grading.submission import UnreadableSubmission, read
from autograder.grading.text import visible
from autograder.pages.class_summary import ClassSummary, split_message, summarize
from autograder.pages.figures import figures_of
from autograder.pages.flags import Flag, find_flags, forbidden_by, published_numbers
from autograder.pages.similarity import Code, Pair, Similarity, code_of, compare, released_code

TEMPLATES = Path(__file__).resolve().parent / "templates"
_MAKERS = ("autograder/pages", "autograder/grading")
"""What pages are made with: when something there changes, all are made again."""


class NothingGraded(Exception):
    """There is no report to make a page of; one sentence that says what to do."""


class StudentPages:
    """The pages of those who were just graded, without late penalties, which are not known yet.

    Written while others are judged: `write_pages` then has little left to do.
    """

    def __init__(self, root: Path, assignment: Assignment) -> None:
        self._folder = root / REPORTS / assignment.name
        self._kept = root / REPORTS / KEPT / assignment.name / "pages"
        self._assignment = assignment

    def write(self, report: Report, file: Path | None) -> None:
        _write_student(self._folder, self._kept, report, file, 0.0, self._look)

    @cached_property
    def _look(self) -> _Look:
        return _Look(self._assignment)


def write_pages(root: Path, assignment: Assignment, late: Mapping[str, float] | None = None) -> Path:
    """Write the pages of all who were ever graded; returns the class page.

    Args:
        late: the points that late submissions lose, by student; those of the last time by default.

    Raises:
        NothingGraded: no class.json, or an empty one.
    """
    folder = root / REPORTS / assignment.name
    kept = folder.parent / KEPT / assignment.name
    reports = _reports(folder / "class.json", assignment.name)
    handed_in = {one.student: one for one in collect(root, assignment.name, [r.student for r in reports])}
    late = _late(kept / "late.json", late)
    look = _Look(assignment)
    found = {}
    for report in reports:
        student = report.student
        found[student] = _write_student(
            folder, kept / "pages", report, handed_in[student].file, late.get(student, 0.0), look
        )
    similarity = _similarity(kept / "similarity.json", {name: one.code for name, one in found.items()}, look)
    flags = {student: one.flags for student, one in found.items() if one.flags}
    page = folder / "class.html"
    write_text(page, class_page(assignment.name, summarize(reports), flags, similarity, late))
    return page


def main_report(name: str | None = None, root: Path | None = None) -> int:
    """`python -m autograder report`: the pages again, of all that is graded unless one is named, without grading.

    Raises:
        NothingGraded: see write_pages.
    """
    root = root or REPOSITORY
    graded = sorted(file.parent.name for file in (root / REPORTS).glob("*/class.json"))
    if not (name or graded):
        raise NothingGraded("nothing is graded: run `make grade`")
    for one in [name] if name else graded:
        page = write_pages(root, Assignment.load(one, root=root))
        print(f"{page.relative_to(root)} and a page for each student beside it")
    return 0


def _reports(file: Path, assignment: str) -> list[Report]:
    try:
        reports = [Report.from_json(entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        reports = []
    except (ValueError, KeyError, TypeError):
        raise NothingGraded(
            f"{file.name} of {assignment} is damaged: run `make grade ASSIGNMENT={assignment}`"
        ) from None
    if not reports:
        raise NothingGraded(f"nothing of {assignment} is graded: run `make grade ASSIGNMENT={assignment}`")
    return reports


@dataclass(frozen=True)
class _Found:
    """What was found in one notebook for the class page; kept with the stamp of the student's page."""

    flags: tuple[Flag, ...] = ()
    code: Code = field(default_factory=dict)
    """Its tokens, see similarity.py; empty where there is no notebook that can be read."""


class _Look:
    """Looks into notebooks of one assignment."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.forbidden = forbidden_by(assignment.grader_file)
        self.published = published_numbers(assignment)
        rules = [
            sorted((task, sorted(kinds)) for task, kinds in self.forbidden.items()),
            sorted(self.published),
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


def _write_student(
    folder: Path, kept: Path, report: Report, file: Path | None, late: float, look: _Look
) -> _Found:
    """Writes a student's page and looks into the notebook, unless both were done before from the same."""
    page = folder / f"{report.student}.html"
    stamp = kept / f"{report.student}.json"
    shown = json.dumps([report.to_json(), late]).encode()
    made_from = _digest(look.made_with, shown, _digest_of_file(file))
    match read_json(stamp):
        case {"made_from": before, "flags": flags, "code": code} if before == made_from and page.is_file():
            return _Found(tuple(Flag(**flag) for flag in flags), code)
    found = look.into(file)
    write_text(page, student_page(report, file, late))
    write_json(stamp, {"made_from": made_from, **asdict(found)})
    return found


def _similarity(kept: Path, codes: dict[str, Code], look: _Look) -> Similarity:
    """Of those whose notebook could be read; worked out again when one of them has changed."""
    codes = {student: code for student, code in codes.items() if code}
    made_from = _digest(look.made_with, json.dumps(codes).encode())
    match read_json(kept):
        case {"made_from": before, "pairs": pairs, "usual": usual} if before == made_from:
            return Similarity(tuple(Pair(**pair | {"same": tuple(pair["same"])}) for pair in pairs), usual)
    similarity = compare(codes, released_code(look.assignment))
    write_json(kept, {"made_from": made_from, **asdict(similarity)})
    return similarity


def _late(kept: Path, late: Mapping[str, float] | None) -> Mapping[str, float]:
    """Late penalties are in the gradebook, not in the reports: kept for `make report`, which does not open it."""
    if late is None:
        return read_json(kept) or {}
    if late or kept.exists():
        write_json(kept, dict(late))
    return late


def _digest_of_file(file: Path | None) -> bytes:
    """Of a notebook's file; empty where none can be opened: its page says so."""
    try:
        if file is None or not file.is_file():  # a pipe would never end
            return b""
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError:
        return b""


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def student_page(report: Report, file: Path | None, late: float = 0.0) -> str:
    """What one student may read, as HTML; `file` is the submitted notebook, `late` the late penalty."""
    return _template("student.html").render(
        report=report,
        figures=figures_of(file),
        late=late,
        outcomes=OUTCOMES,
        reasons=PENDING,
        not_run=NOT_RUN,
    )


def class_page(
    assignment: str,
    summary: ClassSummary,
    flags: Mapping[str, Sequence[Flag]],
    similarity: Similarity,
    late: Mapping[str, float],
) -> str:
    """What the instructor reads, as HTML; `flags` and `late` hold those of the students who have any."""
    seconds = [report.seconds for report in summary.reports]
    slowest = sorted(summary.reports, key=lambda report: -report.seconds)[:3]
    return _template("class.html").render(
        assignment=assignment,
        summary=summary,
        flags=flags,
        similarity=similarity,
        late=late,
        median=median(summary.shares) if summary.shares else None,
        quartiles=_quartiles(summary.shares),
        highest=max(1, *(bar.students for bar in summary.distribution)),
        pending=sum(report.pending for report in summary.reports),
        total_seconds=sum(seconds),
        median_seconds=median(seconds),
        slowest=slowest if len(seconds) > len(slowest) else [],
        sandboxes=sorted({report.sandbox for report in summary.reports} - {NOT_RUN}),
    )


def _quartiles(shares: tuple[float, ...]) -> tuple[float, float]:
    if len(shares) < 2:
        return (shares[0], shares[0]) if shares else (0.0, 0.0)
    low, _, high = quantiles(shares, n=4, method="inclusive")
    return low, high


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "points": number,
        "percent": _percent,
        "duration": _duration,
        "words": _words,
        "code": _code,
        "split_message": split_message,
    }
    return environment


def _template(name: str):
    return _environment().get_template(name)


def _visible(value: Any) -> Any:
    """Text with its invisible characters written out; markup of the templates' own as it is."""
    return visible(value) if type(value) is str else value


def _percent(share: float | None) -> str:
    return "\N{EN DASH}" if share is None else f"{100 * share:.0f} %"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _code(sentence: str) -> Markup:
    """A sentence with its `names` set as code. Every part is escaped on its way into the markup."""
    parts = visible(sentence).split("`")
    if len(parts) % 2 == 0:  # one that is never closed
        return escape(visible(sentence))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _words(name: str) -> str:
    """A test's name as words: test_labels_stay -> labels stay."""
    return name.removeprefix("test_").replace("_", " ")
