"""Finding what a student handed in."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.batch.submitted import HandedIn, collect
from tests import course

BOOK = course.solved()


def only(root: Path) -> HandedIn:
    found = collect(root, course.NAME)
    assert len(found) == 1
    return found[0]


def test_the_right_name_is_taken_as_it_is(root: Path) -> None:
    file = course.hand_in(root, "ada", BOOK)
    assert only(root) == HandedIn("ada", file)


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
        assert found.notes == (f"notebook was handed in as {name}",)


def test_of_several_the_likeliest_is_taken(root: Path) -> None:
    course.hand_in(root, "ada", b"{}", "scratch.ipynb")
    course.hand_in(root, "ada", BOOK, "tiny final.ipynb")
    course.hand_in(root, "ada", b"{}", ".ipynb_checkpoints/tiny-checkpoint.ipynb")
    assert only(root).notes == (
        "notebook was handed in as tiny final.ipynb",
        "the likeliest of 2 notebooks was taken",
    )


def test_others_beside_the_right_one_are_mentioned(root: Path) -> None:
    course.hand_in(root, "ada", BOOK)
    course.hand_in(root, "ada", b"{", "scratch.ipynb")
    assert only(root).notes == ("other notebooks are not graded: scratch.ipynb",)


def test_a_notebook_beside_its_folder_is_found(root: Path) -> None:
    (root / "submitted" / "ada").mkdir(parents=True)
    (root / "submitted" / "ada" / "tiny.ipynb").write_text("{}")
    assert only(root).notes == ("notebook was handed in as ../tiny.ipynb",)


def test_a_folder_without_a_notebook_is_one_sentence(root: Path) -> None:
    course.hand_in(root, "ada", b"%PDF", "report.pdf")
    assert only(root) == HandedIn(
        "ada", None, problem="no notebook in submitted/ada/tiny: hand in tiny.ipynb"
    )


def test_nobody_is_listed_who_handed_in_another_assignment(root: Path) -> None:
    (root / "submitted" / "ada" / "other").mkdir(parents=True)
    assert collect(root, course.NAME) == []


def test_nobody_is_called_as_the_class_s_own_report_is(root: Path) -> None:
    course.hand_in(root, "class", course.solved())
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
