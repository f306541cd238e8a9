"""Finding what a student submitted."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.batch import submitted
from autograder.batch.submitted import Submitted, collect, find_notebook, of_another, timestamp_text
from tests import course

BOOK = course.solved()


def only(root: Path) -> Submitted:
    found = collect(root, course.NAME)
    assert len(found) == 1
    return found[0]


def test_the_right_name_is_taken_as_it_is(root: Path) -> None:
    file = course.hand_in(root, "ada", BOOK)
    assert only(root) == Submitted("ada", file)


@pytest.mark.parametrize(
    "name",
    ["Tiny.ipynb", "tiny (1).ipynb", "tiny-Copy1.ipynb", "TINY.IPYNB", "homework.ipynb", "inner/tiny.ipynb"],
)
def test_another_name_is_found_and_linked_where_nbgrader_looks(root: Path, name: str) -> None:
    theirs = course.hand_in(root, "ada", BOOK, name)
    for _ in range(2):  # the link tells the next run as much
        found = only(root)
        assert found.file == root / "submitted" / "ada" / course.NAME / "tiny.ipynb"
        assert found.file.samefile(theirs)
        assert found.notes == (f"notebook was submitted as {name}",)


def test_of_several_the_likeliest_is_taken(root: Path) -> None:
    course.hand_in(root, "ada", b"{}", "scratch.ipynb")
    course.hand_in(root, "ada", BOOK, "tiny final.ipynb")
    course.hand_in(root, "ada", b"{}", ".ipynb_checkpoints/tiny-checkpoint.ipynb")
    assert only(root).notes == (
        "notebook was submitted as tiny final.ipynb",
        "the likeliest of 2 notebooks was taken",
    )


def test_others_beside_the_right_one_are_mentioned(root: Path) -> None:
    course.hand_in(root, "ada", BOOK)
    course.hand_in(root, "ada", b"{", "scratch.ipynb")
    assert only(root).notes == ("other notebooks are not graded: scratch.ipynb",)


def test_a_notebook_beside_its_folder_is_found(root: Path) -> None:
    (root / "submitted" / "ada").mkdir(parents=True)
    (root / "submitted" / "ada" / "tiny.ipynb").write_text("{}")
    assert only(root).notes == ("notebook was submitted as ../tiny.ipynb",)


@pytest.mark.parametrize(
    "name",
    ["tiny.ipynb.txt", "Tiny.ipynb.json", "tiny.json", "tiny.zip", "tiny.py", "essay.pdf", "inner/a.docx"],
)
def test_without_a_notebook_another_file_is_the_submission(root: Path, name: str) -> None:
    theirs = course.hand_in(root, "ada", BOOK, name)
    course.hand_in(root, "ada", b"2026-10-17 08:30:00 UTC", "timestamp.txt")
    course.hand_in(root, "ada", b"# supplied", "plots.py")
    for _ in range(2):
        found = only(root)
        assert found.file.samefile(theirs)
        assert found.notes == (f"notebook was submitted as {name}",)
    course.hand_in(root, "ada", BOOK, "later.ipynb")
    assert only(root).notes == ("notebook was submitted as later.ipynb",)


def test_a_file_next_to_the_assignments_folder_counts_by_its_name(root: Path) -> None:
    (root / "submitted" / "ada").mkdir(parents=True)
    (root / "submitted" / "ada" / "tiny.ipynb.txt").write_text("{}")
    assert only(root).notes == ("notebook was submitted as ../tiny.ipynb.txt",)


def test_of_several_other_files_the_likeliest_is_taken(root: Path) -> None:
    course.hand_in(root, "ada", b"%PDF", "tiny.pdf")
    course.hand_in(root, "ada", BOOK, "tiny.ipynb.txt")
    course.hand_in(root, "ada", b"a,b", "data.csv")
    assert only(root).notes == (
        "notebook was submitted as tiny.ipynb.txt",
        "the likeliest of 3 files was taken",
    )


def test_a_folder_without_a_file_is_one_sentence(root: Path) -> None:
    course.hand_in(root, "ada", b"2026-10-17 08:30:00 UTC", "timestamp.txt")
    assert only(root) == Submitted(
        "ada", None, problem="no notebook in submitted/ada/tiny: submit tiny.ipynb"
    )


def test_nobody_is_listed_who_submitted_another_assignment(root: Path) -> None:
    (root / "submitted" / "ada" / "other").mkdir(parents=True)
    assert collect(root, course.NAME) == []


@pytest.mark.parametrize("name", ["class", "attempts"])
def test_nobody_is_called_as_a_page_of_the_class_is(root: Path, name: str) -> None:
    course.hand_in(root, name, course.solved())
    (one,) = collect(root, course.NAME)
    assert one.file is None and "rename the folder" in one.problem


def test_a_name_that_is_not_there_is_one_sentence(root: Path) -> None:
    (found,) = collect(root, course.NAME, ["nobody"])
    assert found.problem == "no folder submitted/nobody/tiny: check the name"


@pytest.mark.parametrize("name", ["tiny.ipynb", "other.ipynb"])
def test_no_link_leads_to_another_students_work(root: Path, name: str) -> None:
    theirs = course.hand_in(root, "ada", BOOK)
    folder = root / "submitted" / "eve" / course.NAME
    folder.mkdir(parents=True)
    (folder / name).symlink_to(theirs)
    (eve,) = collect(root, course.NAME, ["eve"])
    assert eve.file is None
    assert eve.problem


def folder_of(root: Path, student: str) -> Path:
    return root / "submitted" / student / course.NAME


def link_to_a_student(root: Path) -> None:
    (root / "submitted" / "eve").symlink_to("ada")


def link_to_a_folder(root: Path) -> None:
    (root / "submitted" / "eve").mkdir()
    folder_of(root, "eve").symlink_to("../ada/tiny")


def link_to_a_folder_of_another_spelling(root: Path) -> None:
    (root / "submitted" / "eve").mkdir()
    (root / "submitted" / "eve" / "Tiny").symlink_to("../ada/tiny")


def link_to_a_notebook(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    (folder_of(root, "eve") / "tiny.ipynb").symlink_to("../../ada/tiny/tiny.ipynb")


def link_to_a_link(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    (folder_of(root, "eve") / "inner.ipynb").symlink_to("../../ada/tiny/tiny.ipynb")
    (folder_of(root, "eve") / "tiny.ipynb").symlink_to("inner.ipynb")


def link_in_a_subfolder(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    (folder_of(root, "eve") / "inner").symlink_to("../../ada/tiny")


def link_to_itself(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    (folder_of(root, "eve") / "tiny.ipynb").symlink_to("tiny.ipynb")


def hard_link_to_a_notebook(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    os.utime(folder_of(root, "ada"), (1, 1))
    os.link(folder_of(root, "ada") / "tiny.ipynb", folder_of(root, "eve") / "tiny.ipynb")


def hard_link_to_the_solution(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    os.link(root / "solutions" / "tiny" / "tiny.ipynb", folder_of(root, "eve") / "tiny.ipynb")


def pipe(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    os.mkfifo(folder_of(root, "eve") / "tiny.ipynb")


def pipe_of_another_name(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    os.mkfifo(folder_of(root, "eve") / "work.ipynb")


def unix_socket(root: Path) -> None:
    folder_of(root, "eve").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder_of(root, "eve"))  # the name of a socket may not be long
        listener.bind("tiny.ipynb")
        os.chdir(here)


@pytest.mark.parametrize(
    "attack",
    [
        link_to_a_student,
        link_to_a_folder,
        link_to_a_folder_of_another_spelling,
        link_to_a_notebook,
        link_to_a_link,
        link_in_a_subfolder,
        link_to_itself,
        hard_link_to_a_notebook,
        hard_link_to_the_solution,
        pipe,
        pipe_of_another_name,
        unix_socket,
    ],
)
def test_no_link_and_no_special_file_is_a_submission(root: Path, attack: Callable[[Path], None]) -> None:
    file = course.hand_in(root, "ada", BOOK)
    attack(root)
    ada, eve = collect(root, course.NAME)
    assert ada == Submitted("ada", file)
    assert (eve.student, eve.file) == ("eve", None)
    assert "eve" in eve.problem


@pytest.mark.parametrize("name", ["<b onclick=x>", 'a"b', "[bold]m", "a*", "a\x1b[2J", "a\u202eb"])
def test_no_markup_pattern_or_escape_is_a_student(root: Path, name: str) -> None:
    course.hand_in(root, name, BOOK)
    found = only(root)
    assert found.file is None and "rename the folder" in found.problem


def test_links_next_to_a_notebook_are_named_and_it_is_graded(root: Path) -> None:
    file = course.hand_in(root, "ada", BOOK)
    for name, target in (("notes.db", "../../../gradebook.db"), ("all", "/"), ("gone", "nowhere")):
        (file.parent / name).symlink_to(target)
    os.mkfifo(file.parent / "pipe")
    found = only(root)
    assert found.file == file
    assert found.notes == ("links and special files are not read: all, gone, notes.db, pipe",)


@pytest.mark.parametrize("kind", ["pipe", "device", "none"])
def test_no_timestamp_is_waited_for(root: Path, kind: str) -> None:
    file = course.hand_in(root, "ada", BOOK)
    if kind == "pipe":
        os.mkfifo(file.with_name("timestamp.txt"))
    elif kind == "device":
        file.with_name("timestamp.txt").symlink_to("/dev/zero")
    with pytest.raises(OSError):
        timestamp_text(file.parent)


def test_a_loose_notebook_of_another_number_is_another_assignment_s(root: Path) -> None:
    (root / "submitted" / "ada").mkdir(parents=True)
    (root / "submitted" / "ada" / "week10.ipynb").write_text("{}")
    (root / "submitted" / "bob").mkdir()
    (root / "submitted" / "bob" / "week1 (2).ipynb").write_text("{}")
    assert [one.student for one in collect(root, "week1")] == ["bob"]
    assert [one.student for one in collect(root, "week10")] == ["ada"]


def test_a_loose_notebook_belongs_to_the_longest_released_name_that_fits(root: Path) -> None:
    (root / "release" / "tiny-images").mkdir()
    shutil.copy(root / "release/tiny/tiny.ipynb", root / "release/tiny-images/tiny-images.ipynb")
    (root / "submitted" / "ada").mkdir(parents=True)
    (root / "submitted" / "ada" / "tiny-images-final.ipynb").write_text("{}")
    assert collect(root, course.NAME) == []
    assert [one.student for one in collect(root, "tiny-images")] == ["ada"]


def test_in_a_folder_of_one_s_own_the_number_decides_between_notebooks(tmp_path: Path) -> None:
    for name in ("week10.ipynb", "week1 final.ipynb"):
        (tmp_path / name).write_text("{}")
    assert find_notebook(tmp_path, "week1").file == tmp_path / "week1 final.ipynb"


def test_hard_links_to_a_backup_cost_one_walk_through_the_course(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path_factory.mktemp("backup")
    students = [f"s{number}" for number in range(10)]
    for student in students:
        os.link(course.hand_in(root, student, BOOK), backup / student)
    walked: list[Path] = []
    below = submitted._below

    def counted(folder: Path):
        walked.append(folder)
        return below(folder)

    monkeypatch.setattr(submitted, "_below", counted)
    assert [one.student for one in collect(root, course.NAME) if one.file is not None] == students
    assert walked.count(root / "submitted") == 1


@pytest.mark.parametrize("length", [241, 251])
def test_a_name_too_long_for_a_report_is_one_sentence(root: Path, length: int) -> None:
    course.hand_in(root, "x" * length, BOOK)
    course.hand_in(root, "zoe", BOOK)
    long, zoe = collect(root, course.NAME)
    assert long.file is None and "rename the folder" in long.problem
    assert zoe.file is not None


def test_a_notebook_belongs_to_another_assignment_only_if_that_is_certain(root: Path) -> None:
    other = course.of_another(root, "huge")
    assert of_another(json.dumps(other).encode(), course.NAME, root) == "huge"
    for book in (BOOK, {**other, "cells": [*other["cells"], course.cell(BOOK, "double")]}, {"cells": []}):
        assert of_another(json.dumps(book).encode(), course.NAME, root) == ""
