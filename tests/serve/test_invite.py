"""Personal links: made once, stored hashed, in files for a mail merge."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from autograder.lms.roster import Student
from autograder.serve.invite import InviteRefused, invite, revoke
from autograder.serve.store import INSTRUCTOR, STUDENT, Store

ADDRESS = "https://try.example.org"


@pytest.fixture
def course_with_students(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    students = [Student("ada", "Ada", "Lovelace", "ada@x.org"), Student("bob", "=Bob")]
    monkeypatch.setattr("autograder.serve.invite.students_of", lambda root: students)
    return root


def links(root: Path) -> dict[str, str]:
    with (root / "exports" / "invitations.csv").open() as file:
        return {row["id"]: row["link"] for row in csv.DictReader(file)}


def test_links_are_written_once_and_renewed_when_asked(course_with_students: Path) -> None:
    root = course_with_students
    assert invite(root, ADDRESS) == 2
    first = links(root)
    assert all(link.startswith(f"{ADDRESS}/enter#") for link in first.values())
    assert invite(root, ADDRESS) == 0
    assert invite(root, ADDRESS, ["ada"]) == 1
    second = links(root)
    assert second["ada"] != first["ada"] and second["bob"] == first["bob"], "bob's was not mailed yet"
    store = Store.of_course(root)
    assert store.person_with(first["ada"].partition("#")[2]) is None
    assert store.person_with(second["ada"].partition("#")[2]).id == "ada"
    revoke(root, ["ada"])
    assert set(store.people()) == {"bob"}
    (root / "exports" / "invitations.csv").unlink()
    assert invite(root, ADDRESS) == 1 and set(links(root)) == {"ada"}
    store.close()


def test_a_file_of_links_that_another_program_changed_is_left_alone(course_with_students: Path) -> None:
    root = course_with_students
    invite(root, ADDRESS)
    first = links(root)
    file = root / "exports" / "invitations.csv"
    file.write_text(file.read_text().replace(",", ";"))
    with pytest.raises(InviteRefused, match="give it another name"):
        invite(root, ADDRESS, ["ada"])
    store = Store.of_course(root)
    assert store.person_with(first["ada"].partition("#")[2]), "no link was made that is written nowhere"
    store.close()


def test_who_entered_through_a_hub_has_no_link_yet(course_with_students: Path) -> None:
    store = Store.of_course(course_with_students)
    store.admit("ada")
    assert store.people() == {}
    assert invite(course_with_students, ADDRESS) == 2
    store.close()


def test_an_instructor_with_a_link_stays_one_on_a_hub(root: Path) -> None:
    store = Store.of_course(root)
    code = store.invite("grace", INSTRUCTOR)
    store.admit("grace", STUDENT)
    assert store.person_with(code).is_instructor
    store.admit("alan", INSTRUCTOR)
    store.admit("alan", STUDENT)  # no longer among `instructors`
    assert not store.person_in(store.open_session("alan", now=0.0), now=1.0).is_instructor
    store.close()


def test_the_files_are_the_owners_alone_and_safe_in_a_spreadsheet(course_with_students: Path) -> None:
    root = course_with_students
    invite(root, ADDRESS)
    for name in ("invitations.csv", "invitations.txt"):
        assert stat.S_IMODE((root / "exports" / name).stat().st_mode) == 0o600
    invite(root, ADDRESS, ["ada"])
    text = (root / "exports" / "invitations.csv").read_text()
    assert ",'=Bob," in text and "ada@x.org" in text
    assert "{{link}}" in (root / "exports" / "invitations.txt").read_text()
    stored = b"".join(file.read_bytes() for file in (root / "served").glob("serve.db*"))
    assert b"ada" in stored and not any(
        link.partition("#")[2].encode() in stored for link in links(root).values()
    )


def test_an_instructor_is_no_student(course_with_students: Path) -> None:
    root = course_with_students
    assert invite(root, ADDRESS, ["prof"], instructor=True) == 1
    for refused in (
        lambda: invite(root, ADDRESS, ["ada"], instructor=True),
        lambda: invite(root, ADDRESS, ["nobody"]),
        lambda: revoke(root, ["nobody"]),
    ):
        with pytest.raises(InviteRefused):
            refused()


def test_without_students_there_is_nobody_to_invite(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.serve.invite.students_of", lambda root: [])
    with pytest.raises(InviteRefused, match="make students"):
        invite(root, ADDRESS)
