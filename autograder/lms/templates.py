"""The LMS's own file, with the marks filled in: `fill`.

Each system has a function that finds its column and says which columns go back; the rest is common: finding the student
of each row, excused students, decimal commas, and what changes. Columns that could have changed in the LMS since the
download are left out if the LMS allows that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from autograder.batch.submitted import plain_id
from autograder.gradebook.marks import Mark
from autograder.gradebook.tables import Table
from autograder.grading.assignment import Refusal
from autograder.grading.safe_text import visible

_TOLERANCE = 1e-9
_EXCUSED = {"ex", "excused", "exempt", "exempted"}
_CANVAS_MAXIMUM = "points possible"
CANVAS_EXCUSE = "EX"


class ExportRefused(Refusal):
    """Nothing can be exported; the message is one sentence with the fix."""


@dataclass(frozen=True)
class Change:
    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Filled:
    """A template with its marks. `count` of them were filled in, changed or not; `found` students have a row."""

    table: Table
    changes: list[Change]
    count: int
    found: int
    notes: list[str]


@dataclass(frozen=True)
class _Form:
    """The layout of one system's file."""

    lms: str
    grade: int
    """The column of marks; an index past the last column means that it is added."""
    title: str
    kept: Sequence[int]
    """The columns that go back, apart from `grade`."""
    identities: Sequence[tuple[int, Callable[[Mark], str]]] = ()
    """Columns that identify a student, the most reliable first, each with the fact about a mark that it contains."""
    names: Sequence[tuple[int, ...]] = ()
    """Columns that together form a name."""
    maximum: str = ""
    comments: int | None = None
    participant: int | None = None
    """Moodle's number for a student, whose name it may hide."""
    anywhere: bool = False
    """Whether all columns before the marks are searched for a student's identity, because their titles are
    translated."""
    decimal_comma: bool = False
    excuse: str = ""
    """The word by which the system excuses a student when the file is uploaded; not every system has one."""
    last: int | None = None
    """Brightspace's last column, filled with #."""
    note: str = ""


def fill(
    form: str, table: Table, marks: list[Mark], maximum: float, missing_as_zero: bool, title: str
) -> Filled:
    """The template of the system `form`, with the marks in the column whose title is `title` or similar to it.

    Raises:
        ExportRefused: it is not that system's file, or the column cannot be determined.
    """
    head = [name.strip().strip("\ufeff") for name in table.head]
    places = _FORMS[form](head, table.rows, title)
    width = max(places.grade + 1, len(head))
    body = [row + [""] * (width - len(row)) for row in table.rows]
    owners = [None, *_Finder(marks, places).owners(body[1:])]
    comma = places.decimal_comma or _writes_commas([row[places.grade] for row in body[1:]], form, table)
    rows, changes, notes = [], [], [places.note] if places.note else []
    excused, not_yet, withdrawn, found, count = [], [], [], set(), 0
    kept = [n for n in places.kept if n not in (places.grade, places.last)]
    order = sorted([*kept, places.grade])
    for number_of_row, (row, mark) in enumerate(zip(body, owners, strict=True)):
        if number_of_row == 0:
            row[places.grade] = row[places.grade] or places.title
        elif mark is not None:
            if mark.id in found:
                raise ExportRefused(f"two rows of the template are {mark.id}: delete one of them")
            found.add(mark.id)
            old, new = row[places.grade].strip(), score(mark, missing_as_zero)
            if comma:
                new = new.replace(".", ",")
            if mark.excused:
                new = places.excuse
            if mark.withdrawn:
                withdrawn.append(mark.id)
            elif plain_id(old) in _EXCUSED:
                if not mark.excused:
                    excused.append(mark.id)
            elif mark.excused and not new:
                not_yet.append(mark.id)
            elif new:
                count += 1
                row[places.grade] = new
                if not _same(old, new):
                    changes.append(Change(mark.name, old, new))
            if places.comments is not None and mark.submitted and not mark.withdrawn:
                row[places.comments] = comments(mark)
        cells = [row[n] for n in order]
        rows.append(
            [*cells, head[places.last] if number_of_row == 0 else "#"] if places.last is not None else cells
        )
    if excused:
        notes.append(f"excused in {places.lms} and not in semester.csv, and left so: {', '.join(excused)}")
    if not_yet:
        notes.append(
            f"excused here, but {places.lms} takes no excuse from a file: excuse them there: {', '.join(not_yet)}"
        )
    if withdrawn:
        notes.append(f"withdrawn, and left as they are: {', '.join(withdrawn)}")
    if _differs(places.maximum, maximum):
        notes.append(
            f"the maximum is {places.maximum} in {places.lms} and {number(maximum)} here: "
            f"set it to {number(maximum)} there"
        )
    lost = [mark.id for mark in marks if mark.submitted and mark.counts and mark.id not in found]
    if lost:
        notes.append(f"not in the template, so their marks are not exported: {', '.join(lost)}")
    return Filled(table.with_rows(rows), changes, count, len(found), notes)


class _Finder:
    """Finds the student of each row: by the first column that identifies exactly one student, or else by name."""

    def __init__(self, marks: list[Mark], places: _Form) -> None:
        self._places = places
        self._known = {key: _alone(marks, key) for key in (_id, _email, _number_there)}
        self._identities, self._names = places.identities, places.names
        if places.anywhere:
            columns = [n for n in range(places.grade) if n != places.participant]
            self._identities = [(n, key) for key in self._known for n in columns]
            self._names = [(n,) for n in columns]
        both = {}
        for one in marks:
            for name in {one.first_name + one.last_name, one.last_name + one.first_name}:
                both.setdefault(_letters(name), []).append(one)
        self._by_name = {name: ones[0] for name, ones in both.items() if len(ones) == 1 and name}

    def owners(self, rows: list[list[str]]) -> list[Mark | None]:
        """The student of each row. A name never finds a student who already has a row by login, number or address."""
        facts = [self._by_fact(row) for row in rows]
        sure = {found[0].id for found in facts if found}
        usable = {found[1:] for found in facts if found}
        return [
            found[0] if found else self._by_names(row, sure, usable)
            for found, row in zip(facts, rows, strict=True)
        ]

    def _by_fact(self, row: list[str]) -> tuple[Mark, int, Callable[[Mark], str]] | None:
        """The student with the row's login, number or address, its column, and the fact about the mark that it is."""
        participant = self._places.participant
        if (
            participant is not None
            and (digits := re.search(r"\d+", row[participant]))
            and (found := self._known[_id].get(f"participant-{digits[0]}"))
        ):
            return found, participant, _id
        for column, key in self._identities:
            if found := self._known[key].get(_plain_number(row[column])):
                return found, column, key
        return None

    def _by_names(
        self, row: list[str], sure: set[str], usable: set[tuple[int, Callable[[Mark], str]]]
    ) -> Mark | None:
        for columns in self._names:
            found = self._by_name.get(_letters("".join(row[n] for n in columns)))
            if found is not None and found.id not in sure and not self._contradicts(row, found, usable):
                return found
        return None

    def _contradicts(
        self, row: list[str], mark: Mark, usable: set[tuple[int, Callable[[Mark], str]]]
    ) -> bool:
        """Whether the row's number differs from that of this student with the same name.

        Logins and addresses are compared, too, if the column has those of others in the class: then the gradebook knows
        them.
        """
        for column, key in self._identities:
            theirs, ours = _plain_number(row[column]), _plain_number(key(mark))
            comparable = (column, key) in usable or (key is _number_there and not self._places.anywhere)
            if theirs and ours and theirs != ours and comparable:
                return True
        return False


def _alone(marks: list[Mark], key: Callable[[Mark], str]) -> dict[str, Mark]:
    keys = [_plain_number(key(mark)) for mark in marks]
    times = Counter(keys)
    return {one: mark for one, mark in zip(keys, marks, strict=True) if one and times[one] == 1}


def _id(mark: Mark) -> str:
    return mark.id


def _email(mark: Mark) -> str:
    return mark.email


def _number_there(mark: Mark) -> str:
    return mark.lms_user_id


def _plain_number(text: str) -> str:
    """Brightspace writes # before ids, so that spreadsheets keep their zeros."""
    return plain_id(text).removeprefix("#")


def _letters(name: str) -> str:
    return "".join(c for c in plain_id(name) if c.isalnum())


def _canvas(head: list[str], rows: list[list[str]], title: str) -> _Form:
    """Grades > Export. With or without SIS columns; the columns before the first assignment identify the student."""
    names = [
        ("Student",),
        ("LastName", "FirstName"),
    ]  # the second if Canvas shows first and last names in separate columns
    names = [tuple(map(head.index, titles)) for titles in names if set(titles) <= set(head)]
    if not names or "ID" not in head or "Section" not in head:
        raise ExportRefused("the template is not Canvas's gradebook: export it there, Grades > Export")
    people = range(head.index("Section") + 1)
    grade = _column(head, people.stop, title, r"\s*\(\d+\)$")
    keys = {
        "ID": _number_there,
        "SIS Login ID": _id,
        "SIS User ID": _number_there,
        "Integration ID": _number_there,
    }
    identities = [(head.index(name), key) for name, key in keys.items() if name in head]
    if "SIS Login ID" in head:
        identities.append((head.index("SIS Login ID"), _email))
    identities += [(head.index(name), _id) for name in ("SIS User ID", "ID") if name in head]
    points = next((row for row in rows[1:4] if plain_id(row[0]) == _CANVAS_MAXIMUM), [])
    maximum = points[grade] if grade < len(points) else ""
    if "read only" in maximum.casefold():
        raise ExportRefused(
            f"Canvas takes no marks for {head[grade]} (read only): say COLUMN=title (--column) with another"
        )
    return _Form("Canvas", grade, head[grade], people, identities, names, maximum, excuse=CANVAS_EXCUSE)


_GRADES = (
    "grade", "bewertung", "note", "calificación", "nota", "valutazione", "voto", "cijfer", "beoordeling", "ocena",
    "známka", "hodnocení", "betyg", "karakter", "arvosana", "értékelés", "not", "оценка", "оцінка", "βαθμός", "评分",
    "成绩", "評点", "성적", "qualificació", "kalifikazioa", "cualificación", "notă",
)  # fmt: skip
_FEEDBACKS = (
    "feedback comments", "feedback als kommentar", "feedback-kommentare", "feedback als kommentare", "commentaires",
    "feedback par commentaires", "commentaires de feedback", "comentarios de retroalimentación",
    "comentarios de la retroalimentación", "commenti al feedback", "commenti feedback", "feedback opmerkingen",
    "feedbackopmerkingen", "comentários de feedback", "komentarz zwrotny", "отзыв в виде комментария",
)  # fmt: skip


def _moodle(head: list[str], rows: list[list[str]], title: str) -> _Form:
    """View all submissions > Download grading worksheet. Its titles are translated, its order is not: the first column
    is a word and a number, and the maximum, the same in every row, comes right after the grade.
    """
    lower = [plain_id(name) for name in head]
    body = [row + [""] * (len(head) - len(row)) for row in rows[1:]]
    first = [row[0].strip() for row in body]
    if len(head) < 3 or not first or not all(re.fullmatch(r"\D*\d+", cell) for cell in first):
        raise ExportRefused(
            "the template is not Moodle's grading worksheet: download it there, "
            "View all submissions > Download grading worksheet"
        )
    titled = [n for n, name in enumerate(lower) if name == plain_id(title)]
    known = [n for n, name in enumerate(lower) if name in _GRADES]
    shaped = [
        n for n in range(1, len(head) - 1)
        if len(values := {row[n + 1] for row in body}) == 1 and _is_points(*values)
        and all(not row[n] or row[n] == "-" or _is_points(row[n]) for row in body)
    ]  # fmt: skip
    candidates = titled or known or shaped
    if len(candidates) != 1:
        raise ExportRefused(
            f"which column of Moodle's worksheet has the grades is not clear: say COLUMN=title (--column) with one of: "
            f"{', '.join(head)}"
        )
    (grade,) = candidates
    maxima = {row[grade + 1] for row in body} if grade + 1 < len(head) else set()
    maximum = maxima.pop() if len(maxima) == 1 else ""
    maximum = maximum if _is_points(maximum) else ""
    comma = "," in maximum or any("," in row[grade] for row in body)
    feedback = next((n for n, name in enumerate(lower) if name in _FEEDBACKS), None)
    return _Form(
        "Moodle", grade, head[grade], range(len(head)), maximum=maximum, comments=feedback,
        participant=0, anywhere=True, decimal_comma=comma,
    )  # fmt: skip


def _blackboard(head: list[str], rows: list[list[str]], title: str) -> _Form:
    """Grade Center > Work Offline > Download. A column is "Tiny [Total Pts: 7 Score] |12345"."""
    titles = [n for n, name in enumerate(head) if re.search(r"\|\s*\d+$", name)]
    if not titles:
        raise ExportRefused(
            "the template is not Blackboard's: download it there, Grade Center > Work Offline > Download"
        )
    people = range(titles[0])
    grade = _column(head, titles[0], title, r"\s*(?:\[[^\]]*\])?\s*\|\s*\d+$")
    if head.count(head[grade]) > 1:
        raise ExportRefused(f"two columns of the template are {head[grade]}: delete one of them")
    found = re.search(r"\[[^\]]*?:\s*([\d.,]+)", head[grade])
    # last and first names come first, and may equal another student's login
    identities = [(n, key) for n in people[2 if titles[0] > 2 else 0 :] for key in (_id, _number_there)]
    return _Form(
        "Blackboard",
        grade,
        head[grade],
        people,
        identities,
        [(0, 1)] if titles[0] > 1 else [],
        found[1] if found else "",
    )


def _brightspace(head: list[str], rows: list[list[str]], title: str) -> _Form:
    """Grades > Export. A column is "Tiny Points Grade <Numeric MaxPoints:7>"; a missing one is added."""
    lower = [plain_id(name) for name in head]
    if not {"orgdefinedid", "username"} & set(lower):
        raise ExportRefused(
            "the template is not Brightspace's: export it there, Grades > Enter Grades > Export"
        )
    last = lower.index("end-of-line indicator") if "end-of-line indicator" in lower else None
    form = r"\s*points grade\b.*$"
    marked = [n for n, name in enumerate(lower) if re.search(form, name)]
    people = [
        n
        for n in range(len(head))
        if n != last and n not in marked and not re.search(r"<|\bgrade\b", lower[n])
    ]
    if any(_plain(title) in _plain(head[n]) for n in marked):
        grade = _column(head, marked[0], title, form)
    else:
        grade = len(head)
    others = ", ".join(head[n] for n in marked)
    note = f"a column {title} is added: if it is one of {others}, say COLUMN=title (--column) with that one"
    found = re.search(r"maxpoints:([\d.,]+)", lower[grade]) if grade < len(head) else None
    identities = [
        (lower.index(name), key)
        for name, key in (
            ("username", _id),
            ("orgdefinedid", _number_there),
            ("orgdefinedid", _id),
            ("email", _email),
        )
        if name in lower
    ]
    maximum = found[1] if found else ""
    return _Form(
        "Brightspace", grade, f"{title} Points Grade", people, identities, _names(lower), maximum, last=last,
        note=note if marked and grade == len(head) else "",
    )  # fmt: skip


def _gradescope(head: list[str], rows: list[list[str]], title: str) -> _Form:
    """Review Grades > Download Grades > CSV."""
    lower = [plain_id(name) for name in head]
    if "total score" not in lower or not {"sid", "email"} & set(lower):
        raise ExportRefused(
            "the template is not Gradescope's: download it there, Review Grades > Download Grades"
        )
    grade = lower.index("total score")
    maximum = lower.index("max points") if "max points" in lower else None
    return _Form(
        "Gradescope", grade, head[grade], range(len(head)), _identities(lower), _names(lower),
        rows[1][maximum] if maximum is not None and len(rows) > 1 and maximum < len(rows[1]) else "",
    )  # fmt: skip


def _own(head: list[str], rows: list[list[str]], title: str) -> _Form:
    """A table of the instructor's own, with ids, addresses or names; a missing column is added."""
    lower = [plain_id(name) for name in head]
    identities, names = _identities(lower), _names(lower)
    if not identities and not names:
        raise ExportRefused("the template has no column with ids, email addresses or names: call it id")
    exact = [n for n, name in enumerate(head) if _plain(name) == _plain(title)]
    if len(exact) > 1:
        raise _no_column(title, head, found=True)
    return _Form("the template", exact[0] if exact else len(head), title, range(len(head)), identities, names)


_FORMS = {
    "csv": _own,
    "xlsx": _own,
    "canvas": _canvas,
    "moodle": _moodle,
    "blackboard": _blackboard,
    "brightspace": _brightspace,
    "gradescope": _gradescope,
}


def _identities(lower: list[str]) -> list[tuple[int, Callable[[Mark], str]]]:
    keys = {
        _id: ("id", "student_id", "student id", "username", "login", "sid"),
        _number_there: ("lms_user_id", "lms id", "sid", "student id", "id number"),
        _email: ("email", "email address", "e-mail"),
    }
    return [(lower.index(name), key) for key, names in keys.items() for name in names if name in lower]


def _names(lower: list[str]) -> list[tuple[int, ...]]:
    found = [(lower.index(name),) for name in ("student", "full name", "name") if name in lower]
    for first, last in (("first name", "last name"), ("first_name", "last_name")):
        if first in lower and last in lower:
            found.append((lower.index(first), lower.index(last)))
    return found


def _column(head: list[str], start: int, wanted: str, ending: str) -> int:
    """The column with this title, or the only one that contains it as a word: "Assignment 4: Titanic (12345)"."""
    titles = head[start:]
    plain = [_plain(re.sub(ending, "", title, flags=re.IGNORECASE)) for title in titles]
    exact = [n for n, title in enumerate(plain) if title == _plain(wanted) or titles[n] == wanted]
    matching = exact or [n for n, title in enumerate(plain) if _plain(wanted) in title]
    if len(matching) == 1:
        return start + matching[0]
    raise _no_column(wanted, [one for one in titles if re.search(ending, one, re.IGNORECASE)], bool(matching))


def _no_column(wanted: str, titles: Sequence[str], found: bool) -> ExportRefused:
    return ExportRefused(
        f"{'more than one column' if found else 'no column'} of the template is {wanted}: "
        f"say COLUMN=title (--column) with one of: {', '.join(titles) or 'none there'}"
    )


def _plain(title: str) -> str:
    return "".join(c for c in plain_id(title) if c.isalnum())


def _points(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _is_points(text: str) -> bool:
    return _points(text) is not None


def _writes_commas(column: list[str], form: str, table: Table) -> bool:
    """Whether decimals have a comma here: judged by existing numbers, or in the instructor's own table by its
    semicolons."""
    decimals = [cell.strip() for cell in column if re.fullmatch(r"\s*\d+[.,]\d+\s*", cell)]
    if decimals:
        return all("," in cell for cell in decimals)
    return form == "csv" and table.delimiter == ";"


def _same(old: str, new: str) -> bool:
    before, now = _points(old), _points(new)
    return before is not None and now is not None and abs(before - now) < _TOLERANCE


def _differs(theirs: str, maximum: float) -> bool:
    points = _points(theirs)
    return points is not None and abs(points - maximum) > _TOLERANCE


def score(mark: Mark, missing_as_zero: bool) -> str:
    """The mark as text; "" if there is none yet, or if it does not count."""
    if not mark.counts:
        return ""
    if mark.submitted:
        return number(mark.score) if mark.is_decided else ""
    return "0" if missing_as_zero else ""


def comments(mark: Mark) -> str:
    """Moodle's comments, as HTML: one line for each task, the penalty, and what the instructor wrote."""
    lines = ["excused: the points do not count"] if mark.excused else []
    for name, task in mark.tasks.items():
        if task.points is None:
            points = f"{number(task.max_points)} pending"
        else:
            more = ", some points pending" if task.pending else ""
            points = f"{number(task.points)} of {number(task.max_points)}{more}"
        lines.append(f"{name}: {points}" + (f" ({c})" if (c := task.comment) else ""))
    if mark.penalty:
        lines.append(f"late: -{number(mark.penalty)}")
    text = "<br>".join(escape(visible(line)).replace("\n", "<br>") for line in lines)
    # remarks are written in Markdown (criteria.py)
    text = re.sub(r"`([^`<]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*<]+)\*\*", r"<b>\1</b>", text)
    # "x &gt;= 3" would be taken for the beginning of a formula after a semicolon, and get an apostrophe
    return re.sub(r"(;\s*)([=+\-@|%])", lambda found: f"{found[1]}&#{ord(found[2])};", text)


def number(points: float) -> str:
    return f"{round(points, 4):.10g}"
