"""A student's text reaches no terminal, log, Markdown or spreadsheet as anything but text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.safe_text import fenced, for_csv, for_markdown, for_terminal, one_line, say, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07\x1b[2J", r"\u001b]0;title\u0007\u001b[2J"),
        ("0 of 26\r26 of 26", r"0 of 26\u000d26 of 26"),
        ("\x9b31m", r"\u009b31m"),
        ("user\u202egnp.exe", r"user\u202egnp.exe"),
        ("a\u2066b\u2069", r"a\u2066b\u2069"),
        ("ad\u200ba", r"ad\u200ba"),
        ("a\U000e0041", r"a\U000e0041"),
        ("one\u2028two", r"one\u2028two"),
        ("half \ud800", r"half \ud800"),
        ("\ufffe\uffff", r"\ufffe\uffff"),
    ],
)
def test_what_hides_or_moves_text_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == for_terminal(text) == shown


@pytest.mark.parametrize("text", ["x = 1\n\ty = 2", "Zoë Žižek", "می‌خواهم", "👩‍🔬", "∂L/∂w ≈ 0"])
def test_honest_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == for_terminal(text) == text


@given(ANY_TEXT)
def test_whatever_the_text_nothing_hidden_is_left_and_it_can_be_encoded(text: str) -> None:
    for form in (visible, one_line, for_terminal, for_markdown, fenced, for_csv):
        shown = form(text)
        shown.encode("utf-8")
        assert not {unicodedata.category(c) for c in shown} & {"Cs", "Zl", "Zp"}
        assert not [c for c in shown if unicodedata.category(c) == "Cc" and c not in "\t\n"]


@pytest.mark.parametrize("text", ["::error::cheated", "fine\n   ::add-mask::x", "say ##[command]x"])
def test_no_line_is_a_command_to_github(text: str) -> None:
    for line in for_terminal(text).splitlines():
        assert not line.strip().startswith("::") and "##[" not in line


def test_a_message_of_the_command_line_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    say("submitted/\x1b[2Jeve: no notebook")
    assert capsys.readouterr().err == "autograder: submitted/\\u001b[2Jeve: no notebook\n"


def test_markdown_is_spelled_out_and_stays_in_its_line() -> None:
    assert for_markdown("[a](b)\n# <img> @all `c`") == r"\[a\](b) \# \<img\> \@all \`c\`"


@given(ANY_TEXT)
def test_no_text_ends_its_fence(text: str) -> None:
    fence, *inside, end = fenced(text).split("\n")
    assert fence == end and set(fence) == {"`"}
    assert not any(fence in line for line in inside)


def test_blank_lines_and_blanks_take_no_time() -> None:
    for text in ("\n" * 1_000_000, " " * 1_000_000):
        assert for_terminal(text + "::error::") == text + ": :error::"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "  =1", "＝1", "a;=1", "a\n=1", "\r=1"],
)
def test_no_cell_begins_a_formula(cell: str) -> None:
    shown = for_csv(cell)
    for part in shown.replace(";", "\n").split("\n"):
        assert not part.strip().startswith(tuple("=+-@＝"))


@pytest.mark.parametrize(
    "cell", ["", "-", "-1.5", "+3", "12,5", "Ada-Lou", "ada@home.example", "2026-10-01 08:00:00 UTC"]
)
def test_numbers_names_and_dates_stay(cell: str) -> None:
    assert for_csv(cell) == cell
