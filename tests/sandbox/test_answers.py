"""What a worker claims is cut to a length, or refused, before anything else sees it."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.sandbox.answers import MAX_FRAMES, MAX_MESSAGE, MAX_TEXT, ran_from, student_error_from
from autograder.sandbox.codec import MalformedData

ACCOUNT = {
    "next": None, "error": None, "failed": None, "left_out": [], "bound": ["f"], "changed": [], "reads": {},
}  # fmt: skip


def test_an_error_of_any_length_is_cut() -> None:
    frames = [("c" * 10_000, 1, "s" * 10_000)] * 1_000
    error = student_error_from(["K" * 10_000, "m" * 100_000, frames, ["B" * 10_000] * 1_000])
    assert len(error.message) == MAX_MESSAGE and len(error.frames) == MAX_FRAMES
    assert {len(text) for text in (error.type_name, error.frames[0].cell, error.frames[0].source)} == {
        MAX_TEXT
    }


@pytest.mark.parametrize(
    "content",
    [
        None,
        ["ValueError", "text", []],
        ["ValueError", 3, [], []],
        ["ValueError", "text", [("cell", -1, "x")], []],
        ["ValueError", "text", [("cell", 1 << 40, "x")], []],
        ["ValueError", "text", [["cell", 1, "x"]], []],
    ],
)
def test_an_error_without_a_form_is_refused(content: Any) -> None:
    with pytest.raises(MalformedData):
        student_error_from(content)


@pytest.mark.parametrize(
    "change", [{"next": "1"}, {"failed": (1, 2, "x")}, {"left_out": [(-1, 2, "x", [])]}, {"reads": []}]
)
def test_an_account_without_a_form_is_refused(change: dict[str, Any]) -> None:
    assert ran_from(ACCOUNT, None).bound == ("f",)
    with pytest.raises(MalformedData):
        ran_from({**ACCOUNT, **change}, None)
