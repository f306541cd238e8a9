"""The pages of a graded class: `reports/<assignment>/class.html` for the instructor, `<student>.html` for each student.

Made from the reports on disk and the notebooks as handed in, by `make grade` and again by `make report`; nothing is
judged here. Each page stands alone: no file beside it, no script, nothing fetched. Every word goes through Jinja's
autoescape. A student's page holds what that student may read: no flags, no similarity, nobody else's data.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.assignment import REPOSITORY, Assignment
from autograder.class_summary import NOT_RUN, ClassSummary, split_message, summarize
from autograder.collecting import HandedIn, collect
from autograder.figures import figures_of
from autograder.kept import KEPT, REPORTS, write_json, write_text
from autograder.report import DEFERRED, ERROR, FAILED, MANUAL, PASSED, Report, number

TEMPLATES = Path(__file__).resolve().parent / "templates"
_MAKERS = (
    "class_summary.py",
    "figures.py",
    "pages.py",
    *(f"templates/{name}" for name in ("base.html", "student.html", "style.css")),
)
"""What a student's page is made with: when one of them changes, all pages are made again."""

_OUTCOMES = {PASSED: "passed", FAILED: "failed", ERROR: "open", DEFERRED: "waits for a GPU"}
_REASONS = {
    MANUAL: "a person grades this",
    DEFERRED: "waits for a GPU",
    ERROR: "the grader itself failed: no point is lost, your instructor has been told",
}
# Control characters, and those that turn the direction of writing: a line of code could show another than it is.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class NothingGraded(Exception):
    """There is no report to make a page of; one sentence with the mend."""


def write_pages(root: Path, assignment: Assignment) -> Path:
    """Write the pages of all who were ever graded; returns the class page.

    Raises:
        NothingGraded: no class.json, or an empty one.
    """
    folder = root / REPORTS / assignment.name
    reports = _reports(folder / "class.json", assignment.name)
    handed_in = {one.student: one for one in collect(root, assignment.name, [r.student for r in reports])}
    for report in reports:
        _write_student(folder, report, handed_in[report.student])
    page = folder / "class.html"
    write_text(page, class_page(assignment.name, summarize(reports)))
    return page


def main_report(name: str, root: Path | None = None) -> int:
    """`python -m autograder report`: the pages again, without grading."""
    root = root or REPOSITORY
    page = write_pages(root, Assignment.load(name, root=root))
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


def _write_student(folder: Path, report: Report, handed_in: HandedIn) -> None:
    """A student's page, unless it stands there already, made from the same."""
    page = folder / f"{report.student}.html"
    stamp = folder.parent / KEPT / folder.name / "pages" / f"{report.student}.json"
    made_from = _digest_of(report, handed_in.file)
    if page.is_file() and _content(stamp) == made_from:
        return
    write_text(page, student_page(report, handed_in.file))
    write_json(stamp, made_from)


def _digest_of(report: Report, file: Path | None) -> str:
    content = hashlib.sha256(_makers())
    content.update(json.dumps(report.to_json()).encode())
    if file is not None:
        content.update(file.read_bytes())
    return content.hexdigest()


@cache
def _makers() -> bytes:
    return b"".join(hashlib.sha256((TEMPLATES.parent / name).read_bytes()).digest() for name in _MAKERS)


def _content(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def student_page(report: Report, file: Path | None) -> str:
    """What one student may read, as HTML; `file` is the notebook as handed in."""
    return _template("student.html").render(
        report=report,
        figures=figures_of(file),
        outcomes=_OUTCOMES,
        reasons=_REASONS,
        not_run=NOT_RUN,
    )


def class_page(assignment: str, summary: ClassSummary) -> str:
    """What the instructor reads, as HTML."""
    seconds = [report.seconds for report in summary.reports]
    slowest = sorted(summary.reports, key=lambda report: -report.seconds)[:3]
    return _template("class.html").render(
        assignment=assignment,
        summary=summary,
        median=median(summary.shares) if summary.shares else None,
        quartiles=_quartiles(summary.shares),
        highest=max(1, *(bar.students for bar in summary.distribution)),
        pending=sum(report.pending for report in summary.reports),
        total_seconds=sum(seconds),
        median_seconds=median(seconds),
        slowest=slowest if len(seconds) > len(slowest) else [],
        sandboxes=sorted({report.sandbox for report in summary.reports}),
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
        "split_message": split_message,
    }
    return environment


def _template(name: str):
    return _environment().get_template(name)


def _visible(value: Any) -> Any:
    """Text with its invisible characters written out; markup of the templates' own as it is."""
    return _INVISIBLE.sub(_escaped, value) if type(value) is str else value


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _percent(share: float | None) -> str:
    return "\N{EN DASH}" if share is None else f"{100 * share:.0f} %"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _words(name: str) -> str:
    """A test's name as words: test_labels_stay -> labels stay."""
    return name.removeprefix("test_").replace("_", " ")
