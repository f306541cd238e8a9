"""`make invite`: a personal link for each student, as a CSV file and as text for a mail merge.

The links are only in the CSV file: the store has only their hashes. So rows are added to it until the instructor
deletes it. Students who lose their link get a new one, and the old one stops working.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.batch.submitted import is_no_folder_name
from autograder.grading.assignment import Refusal
from autograder.grading.safe_text import for_csv
from autograder.lms.collect import students_of
from autograder.lms.roster import Student
from autograder.serve.store import INSTRUCTOR, STUDENT, Store

CSV_FILE, TEXT_FILE = "invitations.csv", "invitations.txt"
_HEAD = ["id", "first_name", "last_name", "email", "link"]
_LONGEST_ID = 120
"""The most characters of an id that still fits into a folder's name with everything that is added to it."""
_MAIL = """To: {{email}}
Subject: Your personal link for trying notebooks

Hello {{first_name}} {{last_name}},

with this link you can upload your notebook and see what the hidden tests say about it before you submit:

{{link}}

It is yours alone: whoever has it uploads in your name. Please don't pass it on.
"""


class InviteRefused(Refusal):
    """Nobody can be invited; the message is one sentence that says what to do."""


def invite(
    root: Path, address: str, only: Sequence[str] = (), again: bool = False, instructor: bool = False
) -> int:
    """Write links for those who have none, or with `again` new ones for all; returns how many.

    They are added to an existing file of links.

    Args:
        address: where students' browsers find the service.
        only: these people; they get a new link in any case.
        instructor: `only` are instructors: they see the attempts of the class, and upload nothing.

    Raises:
        InviteRefused: nobody to invite, an impossible id, or a file to which no links can be added.
    """
    if instructor and not only:
        raise InviteRefused("name the instructor: make invite INSTRUCTOR=name")
    known = {student.id: student for student in students_of(root)}
    if instructor and (students := [one for one in only if one in known]):
        raise InviteRefused(f"{students[0]} is a student: choose another name for the instructor")
    if not instructor and (unknown := [one for one in only if one not in known]):
        raise InviteRefused(f"no student {unknown[0]} in the gradebook: enter the class with `make students`")
    if not (only or known):
        raise InviteRefused(
            "no students in the gradebook: enter the class with `make students FILE=students.csv`"
        )
    store = Store.of_course(root)
    people = store.people()
    wanted = list(only) or [one for one in known if again or one not in people]
    for one in wanted:
        if is_no_folder_name(one) or len(one) > _LONGEST_ID:
            raise InviteRefused(f"{one} cannot be the name of a folder: give the student another id")
    rows = _rows(root / "exports" / CSV_FILE)  # first, so that no links are made that could not be written
    role = INSTRUCTOR if instructor else STUDENT
    links = {one: f"{address.rstrip('/')}/enter#{store.invite(one, role)}" for one in wanted}
    store.close()
    if links:
        for one in wanted:
            student = known.get(one, Student(one))
            facts = (student.id, student.first_name, student.last_name, student.email)
            row = [*(for_csv(fact) for fact in facts), links[one]]
            rows[row[0]] = row
        _write(root / "exports", rows.values())
    return len(links)


def revoke(root: Path, people: Sequence[str]) -> None:
    """End links, and what was entered with them. Raises InviteRefused."""
    store = Store.of_course(root)
    for one in people:
        if not store.revoke(one):
            raise InviteRefused(f"{one} has no link that works")
    store.close()


def _rows(file: Path) -> dict[str, list[str]]:
    """The rows of a file of links by their ids, as they are written there. Raises InviteRefused."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            head, *rows = csv.reader(lines)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, csv.Error):
        head, rows = [], []
    if head != _HEAD or any(len(row) != len(head) for row in rows):
        raise InviteRefused(
            f"exports/{file.name} is not as `make invite` wrote it: give it another name, so that its links are kept"
        )
    return {row[0]: row for row in rows}


def _write(folder: Path, rows: Iterable[Sequence[str]]) -> None:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_HEAD)
    writer.writerows(rows)
    folder.mkdir(exist_ok=True)
    _secret(folder / CSV_FILE, table.getvalue())
    _secret(folder / TEXT_FILE, _MAIL)


def _secret(file: Path, text: str) -> None:
    """Writes a file that only the owner can read, from the first byte on. All or nothing: the old file may be the only
    copy."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(part, file)
