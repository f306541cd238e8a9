"""A code in formgrader's comment box becomes a text and points, and follows what is written there later."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.marks import TaskMark
from autograder.gradebook.remarks import FILE, Remark, expanded, points_of
from autograder.gradebook.settle import settled_marks
from tests import course
from tests.gradebook.helpers import give, gradebook_of

TINY = course.NAME
REMARKS = """assignment,task,code,points,text
tiny,explain,sign,1,You say why the sign is the same.
tiny,explain,units,"0,5",The units are right.
tiny,explain,see,,See the second lecture.
other,explain,sign,9,Not of this assignment.
"""


@pytest.fixture
def root(class_of_four: Path, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(class_of_four, tmp_path / "course"))
    (root / FILE).write_text(REMARKS)
    return root


def write(root: Path, student: str, comment: str) -> None:
    with gradebook_of(root) as book:
        book.find_comment("explain", TINY, TINY, student).manual_comment = comment
        book.db.commit()


def answer(root: Path, student: str) -> TaskMark:
    return next(mark for mark in settled_marks(TINY, root)[0] if mark.id == student).tasks["explain"]


def test_codes_become_texts_and_points(root: Path) -> None:
    write(root, "ada", "#sign #UNITS well done\n#see")
    found = answer(root, "ada")
    assert (found.manual, found.pending) == (1.5, False)
    assert found.manual_comment == (
        "#sign: You say why the sign is the same. (+1)\n#units: The units are right. (+0.5)\nwell done\n"
        "#see: See the second lecture."
    )
    assert answer(root, "ada") == found


def test_a_corrected_remark_is_corrected_for_all_who_got_it(root: Path) -> None:
    write(root, "ada", "#sign")
    write(root, "bob", "#sign")
    give(root, "bob", 0.25)  # typed by the grader
    write(root, "cleo", "#see")
    assert [answer(root, one).manual for one in ("ada", "bob", "cleo")] == [1, 0.25, None]
    (root / FILE).write_text(REMARKS.replace("sign,1,You say why", "sign,2,You showed that"))
    assert [answer(root, one).manual for one in ("ada", "bob", "cleo")] == [2, 0.25, None]
    assert answer(root, "bob").manual_comment == "#sign: You showed that the sign is the same. (+2)"
    write(root, "ada", "")
    found = answer(root, "ada")
    assert found.manual is None and found.pending


def test_words_after_a_remark_stay_also_when_it_is_corrected(root: Path) -> None:
    write(root, "ada", "#sign: but the unit is missing, see me\n#units")
    sign = "#sign: You say why the sign is the same. (+1)"
    units = "#units: The units are right. (+0.5)"
    assert answer(root, "ada").manual_comment == f"{sign}\nbut the unit is missing, see me\n{units}"
    write(root, "ada", f"{sign}\n{units} Most of them #see")
    (root / FILE).write_text(REMARKS.replace("sign,1,You say why", "sign,2,You showed that"))
    found = answer(root, "ada")
    assert found.manual == 2 and found.manual_comment == (
        f"#sign: You showed that the sign is the same. (+2)\n{units}\nMost of them #see"
    )
    assert answer(root, "ada") == found


def test_a_corrected_remark_is_known_where_its_line_was_copied_to_another_student(root: Path) -> None:
    write(root, "ada", "#sign")
    write(root, "bob", answer(root, "ada").manual_comment)
    (root / FILE).write_text(REMARKS.replace("sign,1,You say why", "sign,2,You showed that"))
    assert answer(root, "bob").manual_comment == "#sign: You showed that the sign is the same. (+2)"


def test_a_line_break_in_a_remark_is_a_space(root: Path) -> None:
    (root / FILE).write_text(REMARKS.replace("See the second lecture.", '"See the second\nlecture."'))
    write(root, "ada", "#see")
    assert answer(root, "ada").manual_comment == "#see: See the second lecture."
    assert answer(root, "ada").manual_comment == "#see: See the second lecture."


def test_points_to_take_away_start_at_the_maximum() -> None:
    remarks = {code: Remark(code, "x", points) for code, points in (("a", -0.5), ("b", -9.0), ("c", None))}
    assert points_of([remarks["a"]], remarks, 2.0) == 1.5
    assert points_of([remarks["a"], remarks["b"]], remarks, 2.0) == 0.0
    assert points_of([remarks["c"]], remarks, 2.0) is None
    assert points_of([Remark("d", "x", 9.0)], {"d": Remark("d", "x", 9.0)}, 2.0) == 2.0


def test_a_criterion_of_the_rubric_is_called_by_its_number(root: Path) -> None:
    file = root / "solutions" / TINY / f"{TINY}.ipynb"
    book = json.loads(file.read_text(encoding="utf-8"))
    rubric = "\n\n**Rubric**\n- 1 point: both signs are named\n- 1 point: zero is named"
    course.cell(book, "explain")["source"] += rubric
    file.write_text(json.dumps(book), encoding="utf-8")
    write(root, "ada", "#2 #units")
    found = answer(root, "ada")
    assert found.manual == 1.5
    assert found.manual_comment == "#2: zero is named (+1)\n#units: The units are right. (+0.5)"


@pytest.mark.parametrize("comment", ["#1 in the list", "see #sgin", "a #sign in the middle", "#sign-up", ""])
def test_what_is_no_code_stays(comment: str) -> None:
    assert expanded(comment, {"sign": Remark("sign", "x", 1.0)}) == (comment, [])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("tiny,explain,a b,1,x", "line 2: a remark needs a task, and a code of letters and digits"),
        ("tiny,explain,a,one,x", "line 2: 'one' is no number of points"),
    ],
)
def test_a_wrong_row_is_named(root: Path, row: str, why: str) -> None:
    (root / FILE).write_text(f"assignment,task,code,points,text\n{row}\n")
    with pytest.raises(SettingsError, match=f"remarks.csv, {why}"):
        settled_marks(TINY, root)
