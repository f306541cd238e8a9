"""The places where marks are read, each as a table of what it says about every student."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import pytest
from openpyxl import load_workbook

from autograder.lms.exports import export
from tests import course
from tests.gradebook.helpers import gradebook_of


class Table(HTMLParser):
    """The rows of the table that sorts: what each cell is sorted by, else its text."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        """Of each row: what it can be filtered by."""
        self._inside = False
        self._shown: str | None = None
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "table":
            self._inside = attributes.get("class") == "workbench"
        elif self._inside and tag == "tr":
            self.rows.append([])
            self.tags.append(attributes.get("data-tags") or "")
        elif self._inside and tag in ("th", "td"):
            self._shown = attributes.get("data-value")
            self.rows[-1].append(self._shown or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside and self._shown is None and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()

    def of(self, student: str) -> dict[str, str]:
        (row,) = (row for row in self.rows[1:] if row[0] == student)
        return dict(zip(self.rows[0], row, strict=True))


@dataclass
class Seen:
    """What one place says about a student, as far as it says it."""

    score: float | None = None
    maximum: float | None = None
    undecided: float | None = None
    penalty: float | None = None
    state: str | None = None
    """Why the mark does not count; empty where it does."""
    tasks: dict[str, float | None] | None = field(default=None)


def number(text: str) -> float | None:
    return float(text) if text else None


def in_the_gradebook(root: Path) -> dict[str, Seen]:
    """As formgrader reads it: nbgrader's own sums."""
    found = {}
    with gradebook_of(root) as book:
        for one in book.assignment_submissions(course.NAME):
            tasks = {
                grade.name.removesuffix("-tests"): None
                if grade.auto_score is None and grade.manual_score is None
                else grade.score
                for grade in one.notebooks[0].grades
            }
            penalty = one.late_submission_penalty
            found[one.student.id] = Seen(one.score - penalty, one.max_score, None, penalty, None, tasks)
    return found


def on_the_class_page(root: Path) -> dict[str, Seen]:
    table = Table(root / "reports" / course.NAME / "class.html")
    found = {}
    for row, tags in zip(table.rows[1:], table.tags[1:], strict=True):
        row = dict(zip(table.rows[0], row, strict=True))
        if not row["score"]:
            continue
        state = next((state for state in ("withdrawn", "excused") if state in tags.split()), "")
        tasks = {name: number(row[name]) for name in ("double", "square", "explain")}
        of, pending = float(row["of"]), number(row["pending"]) or 0.0
        penalty = number(row.get("late", "")) or 0.0
        found[row["student"]] = Seen(float(row["score"]), of + pending, pending, penalty, state, tasks)
    return found


def on_the_index(root: Path) -> dict[str, Seen]:
    table = Table(root / "reports" / "index.html")
    found = {}
    for row in table.rows[1:]:
        row = dict(zip(table.rows[0], row, strict=True))
        if row[course.NAME]:
            assert row["total of 7"] == row[course.NAME]
            found[row["student"]] = Seen(float(row[course.NAME]), None, number(row["pending"]) or 0.0)
    return found


def on_the_students_pages(root: Path) -> dict[str, Seen]:
    found = {}
    for file in (root / "reports" / course.NAME).glob("*.html"):
        if file.name == "class.html":
            continue
        student, page = file.stem, file.read_text(encoding="utf-8")
        facts = dict(re.findall(r"<dt>(\w+)[^<]*</dt><dd>([^<]*)</dd>", page))
        score, _, of = facts["points"].partition(" of ")
        pending = float(facts["pending"])
        cells = re.findall(
            r'<th scope="row">(?:<a[^>]*>)?([\w-]+).*?<td class="n">([\d.]+|pending)', page, re.DOTALL
        )
        tasks = {name: None if points == "pending" else float(points) for name, points in cells}
        penalty = float(facts.get("late", "0").lstrip("\N{MINUS SIGN}"))
        found[student] = Seen(float(score), float(of) + pending, pending, penalty, None, tasks or None)
    return found


def in_json(root: Path, one_file: bool) -> dict[str, Seen]:
    folder = root / "reports" / course.NAME
    if one_file:
        entries = json.loads((folder / "class.json").read_text())
    else:
        entries = [
            json.loads(file.read_text()) for file in folder.glob("*.json") if file.name != "class.json"
        ]
    return {
        entry["student"]: Seen(
            entry["score"],
            entry["max_score"] + entry["pending"],
            entry["pending"],
            entry["late_penalty"],
            "withdrawn" if entry["withdrawn"] else "excused" if entry["excused"] else "",
            {name: task["points"] for name, task in entry["tasks"].items()},
        )
        for entry in entries
    }


def exported(root: Path, form: str) -> dict[str, Seen]:
    file = root / f"marks.{form}"
    assert export(course.NAME, form, root=root, output=file) == 0
    if form == "xlsx":
        head, *body = load_workbook(file).active.iter_rows(values_only=True)
        table = [dict(zip(head, ["" if c is None else str(c) for c in row], strict=True)) for row in body]
    else:
        with file.open(newline="", encoding="utf-8") as stream:
            table = list(csv.DictReader(stream))
    rows = {row["student"].removeprefix("'"): row for row in table}
    return {
        student: Seen(
            number(row["score"]),
            float(row["max_score"]),
            None,
            float(row["late_penalty"]),
            row["state"],
            {name: number(row[name]) for name in ("double", "square", "explain")},
        )
        for student, row in rows.items()
        if row["submitted"] != "no"
    }


def assert_all_agree(places: Mapping[str, Mapping[str, Seen]]) -> None:
    """Every pair of places, about every student of whom both say something."""
    for (one, seen), (other, also) in combinations(places.items(), 2):
        for student in seen.keys() & also.keys():
            for what in ("score", "maximum", "undecided", "penalty", "state", "tasks"):
                mine, theirs = getattr(seen[student], what), getattr(also[student], what)
                if None not in (mine, theirs):
                    expected = theirs if what == "state" else pytest.approx(theirs)
                    assert mine == expected, f"{student}: {what} on {one} and {other}"
