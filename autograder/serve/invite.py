"""`make invite`: a personal link for each student, as a CSV file and as text for a mail merge.

The links are in these files and nowhere else: the store has their hashes. Who lost one gets a new one, and the old one
ends.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

from autograder.batch.submitted import is_no_folder_name
from autograder.grading.text import for_csv
from autograder.lms.collect import students_of
from autograder.lms.roster import Student
from autograder.serve.store import INSTRUCTOR, STUDENT, Store

CSV_FILE, TEXT_FILE = "invitations.csv", "invitations.txt"
_LONGEST_ID = 120
"""Characters of an id that still fits into a folder's name with all that is added to it."""
_MAIL = """To: {{email}}
Subject: Your personal link for trying notebooks

Hello {{first_name}} {{last_name}},

with this link you can upload your notebook and see what the hidden tests say about it before you submit:

{{link}}

It is yours alone: whoever has it uploads in your name. Please don't pass it on.
"""


class InviteRefused(Exception):
    """Nobody can be invited; one sentence that says what to do."""


def invite(
    root: Path, address: str, only: Sequence[str] = (), again: bool = False, instructor: bool = False
) -> int:
    """Write links for those who have none, or with `again` new ones for all; returns how many.

    Args:
        address: where students' browsers find the service.
        only: these people; they get a new link in any case.
        instructor: `only` are instructors: they see the attempts of the class, and upload nothing.

    Raises:
        InviteRefused: nobody to invite, or an id that cannot be.
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
    role = INSTRUCTOR if instructor else STUDENT
    links = {one: f"{address.rstrip('/')}/enter#{store.invite(one, role)}" for one in wanted}
    store.close()
    if links:
        _write(root / "exports", [known.get(one, Student(one)) for one in wanted], links)
    return len(links)


def revoke(root: Path, people: Sequence[str]) -> None:
    """End links, and what was entered with them. Raises InviteRefused."""
    store = Store.of_course(root)
    for one in people:
        if not store.revoke(one):
            raise InviteRefused(f"{one} has no link that works")
    store.close()


def _write(folder: Path, people: Sequence[Student], links: dict[str, str]) -> None:
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(("id", "first_name", "last_name", "email", "link"))
    for one in people:
        facts = (one.id, one.first_name, one.last_name, one.email)
        writer.writerow([*(for_csv(fact) for fact in facts), links[one.id]])
    folder.mkdir(exist_ok=True)
    _secret(folder / CSV_FILE, table.getvalue())
    _secret(folder / TEXT_FILE, _MAIL)


def _secret(file: Path, text: str) -> None:
    """For the owner's eyes alone, from the first byte."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
