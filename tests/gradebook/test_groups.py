"""A group submits one notebook: all members have it, its points, and the instructor's words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.batch.submitted import collect
from autograder.gradebook import decide
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.groups import share_submissions
from autograder.gradebook.marks import Mark
from autograder.gradebook.semester import read_semester
from autograder.gradebook.settle import settled_marks
from tests import course
from tests.gradebook.helpers import enter, give

TINY = course.NAME


@pytest.fixture
def root(class_of_four: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(class_of_four, tmp_path / "course"))


def notebook(root: Path, student: str) -> bytes:
    (found,) = collect(root, TINY, [student])
    assert found.file is not None, found.problem
    return found.file.read_bytes()


def submit(root: Path, student: str, explain: str, when: str = "") -> bytes:
    file = course.hand_in(root, student, course.with_sources(explain=explain))
    file.with_name("timestamp.txt").unlink(missing_ok=True)
    if when:
        file.with_name("timestamp.txt").write_text(when)
    return file.read_bytes()


def marks(root: Path) -> dict[str, Mark]:
    return {mark.id: mark for mark in settled_marks(TINY, root)[0]}


def test_each_member_gets_the_notebook_and_the_newest_one(root: Path) -> None:
    decide.group(root, ["bob", "dan"], TINY, "red")
    first = notebook(root, "bob")
    assert share_submissions(root, TINY) == ["group red: dan gets the notebook of bob"]
    assert notebook(root, "dan") == first
    assert share_submissions(root, TINY) == []
    second = submit(root, "bob", "Better.")  # again, without a time: what dan has is known to be a copy
    share_submissions(root, TINY)
    assert notebook(root, "dan") == second
    submit(root, "bob", "Better.", "2026-10-15 10:00:00 UTC")
    third = submit(root, "dan", "Best.", "2026-10-15 11:00:00 UTC")
    share_submissions(root, TINY)
    assert notebook(root, "bob") == third
    assert (root / "submitted/bob/tiny/tiny-own.ipynb").read_bytes() == second
    assert (root / "submitted/bob/tiny/timestamp.txt").read_text() == "2026-10-15 11:00:00 UTC\n"


def test_a_time_that_is_written_or_removed_later_reaches_the_copies_alone(root: Path) -> None:
    """cleo submitted the same notebook herself, and has a time of her own."""
    decide.group(root, ["bob", "cleo", "dan"], TINY, "red")
    submit(root, "bob", "Same.")
    submit(root, "cleo", "Same.", "2026-10-15 11:00:00 UTC")
    share_submissions(root, TINY)
    times = {one: root / "submitted" / one / TINY / "timestamp.txt" for one in ("bob", "cleo", "dan")}
    assert not times["dan"].exists()
    times["bob"].write_text("2026-10-15 12:00:00 UTC\n")
    assert share_submissions(root, TINY) == []
    assert times["dan"].read_text() == "2026-10-15 12:00:00 UTC\n"
    assert times["cleo"].read_text() == "2026-10-15 11:00:00 UTC"
    times["bob"].unlink()
    share_submissions(root, TINY)
    assert not times["dan"].exists()


def test_a_copy_that_was_interrupted_replaces_no_newer_notebook(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time comes first, as in `make collect`: the older notebook may have the newer one's time then."""
    decide.group(root, ["bob", "dan"], TINY, "red")
    older = submit(root, "bob", "Older.", "2026-10-15 10:00:00 UTC")
    newer = submit(root, "dan", "Newer.", "2026-10-15 11:00:00 UTC")
    with monkeypatch.context() as patch:
        patch.setattr("autograder.gradebook.groups.shutil.copymode", interrupted)
        with pytest.raises(KeyboardInterrupt):
            share_submissions(root, TINY)
    (note,) = share_submissions(root, TINY)
    assert "it is not known which is newer" in note
    assert notebook(root, "dan") == newer
    assert older in [file.read_bytes() for file in (root / "submitted/bob/tiny").glob("*.ipynb")]


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_of_two_notebooks_without_a_time_none_is_taken(root: Path) -> None:
    decide.group(root, ["bob", "dan"])
    bob, dan = submit(root, "bob", "One."), submit(root, "dan", "Two.")
    (note,) = share_submissions(root, TINY)
    assert "bob and dan submitted different notebooks, and it is not known which is newer" in note
    assert (notebook(root, "bob"), notebook(root, "dan")) == (bob, dan)


def test_a_link_in_the_place_of_a_folder_is_not_followed(root: Path) -> None:
    decide.group(root, ["bob", "dan"])
    (root / "elsewhere").mkdir()
    (root / "submitted/dan").symlink_to(root / "elsewhere")
    (note,) = share_submissions(root, TINY)
    assert "dan does not get the notebook" in note
    assert not list((root / "elsewhere").iterdir())


def test_points_and_words_go_to_all_members_but_not_over_a_members_own(root: Path) -> None:
    decide.group(root, ["bob", "dan"], TINY)
    share_submissions(root, TINY)
    enter(root, "dan")
    give(root, "bob", 1.5, "Why?", extra=0.5)
    dan = marks(root)["dan"]
    assert (dan.tasks["explain"].points, dan.tasks["explain"].manual_comment, dan.score) == (2, "Why?", 6)
    assert dan.copy_of == "bob" and dan.group == ("bob", "dan") and not dan.pending
    give(root, "bob", 2.0)
    assert marks(root)["dan"].tasks["explain"].points == 2
    give(root, "dan", 0.5)
    give(root, "bob", 1.0)
    assert [marks(root)[one].tasks["explain"].points for one in ("bob", "dan")] == [1, 0.5]


def test_a_group_of_one_assignment_is_another_than_one_of_all_with_its_name(root: Path) -> None:
    decide.group(root, ["ada", "bob"], name="Group 1")
    decide.group(root, ["cleo", "dan"], TINY, name="Group 1")
    assert read_semester(root).groups(TINY) == {
        "group 1": ("cleo", "dan"),
        "group 1 of all assignments": ("ada", "bob"),
    }
    assert read_semester(root).groups("other") == {"group 1": ("ada", "bob")}


def test_members_are_called_as_the_course_calls_them(root: Path) -> None:
    """A row about `Dan` made a folder submitted/Dan, and so another student."""
    (root / "semester.csv").write_text(
        "date,student,assignment,task,decision,value,note\n,bob,tiny,,group,red,\n,Dan,tiny,,group,red,\n"
    )
    assert share_submissions(root, TINY) == ["group red: dan gets the notebook of bob"]
    assert sorted(path.name for path in (root / "submitted").iterdir()) == ["ada", "bob", "cleo", "dan"]
    assert marks(root)["dan"].group == ("bob", "dan")


def test_who_is_in_the_group_no_more_gets_the_own_notebook_and_time_back(root: Path) -> None:
    decide.group(root, ["ada", "bob", "dan"], TINY, "red")
    early, late = "2026-10-15 10:00:00 UTC", "2026-10-15 11:00:00 UTC"
    own = submit(root, "bob", "Own.", early)
    submit(root, "ada", "Newest.", late)
    share_submissions(root, TINY)
    folder = root / "submitted" / "bob" / TINY
    assert (folder / "timestamp-own.txt").read_text() == early
    (root / "semester.csv").unlink()
    assert share_submissions(root, TINY) == [
        "bob is in no group with ada any more, and has their own notebook back",
        "dan is in no group with ada any more: the copy of ada's notebook is removed; "
        "marks that dan has for it stay in the gradebook until dan submits",
    ]
    assert notebook(root, "bob") == own
    assert (folder / "timestamp.txt").read_text() == early
    assert {path.name for path in folder.iterdir()} == {"tiny.ipynb", "timestamp.txt"}
    assert not (root / "submitted" / "dan").exists()
    assert share_submissions(root, TINY) == []


def test_a_notebook_that_is_no_copy_stays_when_the_group_ends(root: Path) -> None:
    """dan submitted the same as bob, cleo again after she got the copy."""
    decide.group(root, ["bob", "cleo", "dan"], TINY, "red")
    for student in ("bob", "dan"):
        submit(root, student, "Same.", "2026-10-15 11:00:00 UTC")
    submit(root, "cleo", "Old.", "2026-10-15 10:00:00 UTC")
    for _ in range(2):
        share_submissions(root, TINY)
    same, again = notebook(root, "dan"), submit(root, "cleo", "Again.", "2026-10-15 12:00:00 UTC")
    (root / "semester.csv").unlink()
    assert share_submissions(root, TINY) == []
    assert (notebook(root, "dan"), notebook(root, "cleo")) == (same, again)


def test_the_same_notebook_of_ones_own_is_kept_when_a_newer_one_comes(root: Path) -> None:
    decide.group(root, ["bob", "dan"], TINY, "red")
    for student in ("bob", "dan"):
        same = submit(root, student, "Same.", "2026-10-15 11:00:00 UTC")
    share_submissions(root, TINY)
    submit(root, "bob", "Newer.", "2026-10-15 12:00:00 UTC")
    share_submissions(root, TINY)
    assert (root / "submitted/dan/tiny/tiny-own.ipynb").read_bytes() == same


def test_shared_points_and_words_are_taken_back_when_the_group_ends(root: Path) -> None:
    decide.group(root, ["bob", "dan"], TINY)
    share_submissions(root, TINY)
    enter(root, "dan")
    give(root, "bob", 1.5, "Why?")
    assert marks(root)["dan"].tasks["explain"].points == 1.5
    (root / "semester.csv").unlink()
    explain = marks(root)["dan"].tasks["explain"]
    assert (explain.manual, explain.manual_comment, explain.pending) == (None, "", True)
    assert marks(root)["bob"].tasks["explain"].points == 1.5


CANVAS = """name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id
"L, Ada",17,,ada,1,Team 1,9,
"N, Bob",18,,,1,Team 1,9,
"P, Cleo",19,,cleo,1,Team 2,8,
"Q, Dan",20,,dan,1,,,
"""


def test_the_groups_of_canvas(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "groups.csv").write_text(CANVAS)
    decide.groups_of_file(root, root / "groups.csv", TINY)
    assert "2 groups, 3 students" in capsys.readouterr().out
    assert marks(root)["bob"].group == ("ada", "bob") and marks(root)["cleo"].group == ()
    assert "keep an earlier group" not in capsys.readouterr().out
    decide.group(root, ["cleo", "dan"], TINY, "Red")
    decide.groups_of_file(root, root / "groups.csv", TINY)
    said = "keep an earlier group, for the file names none: dan (Red); delete their rows in semester.csv"
    assert said in capsys.readouterr().out
    (root / "groups.csv").write_text("student,team\nada,1\n")
    with pytest.raises(SettingsError, match="needs a column called group"):
        decide.groups_of_file(root, root / "groups.csv")
    (root / "groups.csv").write_text("student,group\nada,1\nzed,1\n")
    with pytest.raises(SettingsError, match="line 3: no student zed in the gradebook"):
        decide.groups_of_file(root, root / "groups.csv")
