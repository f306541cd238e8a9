"""Similar submissions: names and comments do not hide a copy, what was given or what all write does not make one."""

from __future__ import annotations

import json

from autograder.grading.assignment import Assignment
from autograder.grading.submission import read
from autograder.pages.similarity import code_of, compare, released_code
from tests import course

LOOP = "def double(x):\n    total = 0\n    for n in range(2):\n        total = total + x * n / 1\n    return total"
SAME = "def double(value):\n\n    t = 0  # mine\n    for i in range(2):\n        t = t + value * i / 1\n    return t"
OTHER = "def double(x):\n    if x < 0:\n        return -abs(x) - abs(x)\n    return sum([x, x])"
THIRD = "def double(x):\n    return (lambda y: y << 1)(x) if isinstance(x, int) else x.__mul__(2)"


def codes(tiny: Assignment, **sources: str) -> dict[str, dict[str, str]]:
    books = {name: course.with_sources(double=source) for name, source in sources.items()}
    return {name: code_of(read(json.dumps(book).encode(), tiny)) for name, book in books.items()}


def test_a_copy_under_other_names_stands_out(tiny: Assignment) -> None:
    found = compare(codes(tiny, ada=LOOP, bob=SAME, cyd=OTHER, dan=THIRD), released_code(tiny))
    assert [(pair.one, pair.other) for pair in found.pairs] == [("ada", "bob")]
    assert found.pairs[0].share > 0.99
    assert found.pairs[0].same == ("double",)


def test_what_students_were_given_makes_nobody_alike(tiny: Assignment) -> None:
    given = "\n".join(f"print({n}, 'a line that everybody got', len([{n}]))" for n in range(40))
    submitted = codes(tiny, ada=f"{given}\n{OTHER}", bob=f"{given}\n{THIRD}")
    assert compare(submitted, released_code(tiny)).pairs != ()
    released = codes(tiny, release=given)["release"]
    assert compare(submitted, released).pairs == ()


def test_a_class_that_wrote_nothing_or_is_one_student_has_no_pairs(tiny: Assignment) -> None:
    stub = course.STUBS["double"]
    assert compare({"ada": {}, "bob": {"double": ""}}, released_code(tiny)).pairs == ()
    assert compare(codes(tiny, ada=stub), released_code(tiny)).pairs == ()


def test_code_that_is_no_python_is_compared_as_far_as_it_goes(tiny: Assignment) -> None:
    broken = LOOP + "\n    '''never closed"
    found = compare(codes(tiny, ada=broken, bob=broken, cyd=OTHER), released_code(tiny))
    assert [(pair.one, pair.other) for pair in found.pairs] == [("ada", "bob")]


def test_quotes_that_nothing_closes_do_not_hold_up_the_class(tiny: Assignment) -> None:
    hostile = LOOP + "\n'" + "\\'" * 200_000
    found = compare(codes(tiny, ada=hostile, bob=hostile, cyd=OTHER), released_code(tiny))
    assert [(pair.one, pair.other) for pair in found.pairs] == [("ada", "bob")]


def test_students_who_submit_together_are_no_pair(tiny: Assignment) -> None:
    found = compare(codes(tiny, ada=LOOP, bob=SAME, cyd=SAME), released_code(tiny), groups=[("ada", "bob")])
    assert [(pair.one, pair.other) for pair in found.pairs] == [("ada", "cyd"), ("bob", "cyd")]


def test_earlier_years_are_compared_with_this_class_and_not_with_each_other(tiny: Assignment) -> None:
    earlier = {("2025", name): code for name, code in codes(tiny, eve=LOOP, fay=LOOP, gus=OTHER).items()}
    found = compare(codes(tiny, ada=SAME, bob=THIRD), released_code(tiny), earlier=earlier)
    assert [(pair.one, pair.other, pair.year) for pair in found.pairs] == [
        ("ada", "eve", "2025"),
        ("ada", "fay", "2025"),
    ]
    assert found.usual < 0.5
