"""What a student wrote, made safe to show: exception texts, cell ids, file names, names of people.

`visible` is the one rule. Every place that shows a student's text uses it, or one of the forms below that add what a
terminal, Markdown or a spreadsheet needs. HTML is escaped where it is written, after `visible`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

_JOINERS = "\u200c\u200d"  # Persian, Hindi and emoji need them
_LINE_BREAKS = "\u2028\u2029"
_PLAIN = re.compile(r"[\t\n -~]*")
_WORKFLOW_COMMAND = re.compile(r"^([^\S\n]*)::|##\[", re.MULTILINE)
_FORMULA = re.compile(r"(^|[;\t\r\n])([^\S\r\n]*)(?=[=+\-@|%\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def visible(text: str) -> str:
    """The text with each character that could hide, move or reorder what is shown written as its escape (\\u202e).

    These are control characters except tab and newline (terminal escapes begin with one), formatting characters
    (among them those that turn the direction of writing), half surrogate pairs, and what XML does not allow.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_escaped(c) if _hides(c) else c for c in text)


@lru_cache(maxsize=4096)
def _hides(character: str) -> bool:
    if character in "\t\n" or character in _JOINERS:
        return False
    category = unicodedata.category(character)
    return category in ("Cc", "Cf", "Cs") or character in _LINE_BREAKS or ord(character) & 0xFFFE == 0xFFFE


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def one_line(text: str) -> str:
    """`visible`, in one line: for a name within a sentence."""
    return " ".join(visible(text).split())


def for_terminal(text: str) -> str:
    """For a terminal and a log. GitHub reads a line that begins with :: as a command, so no line begins with it."""
    return _WORKFLOW_COMMAND.sub(_broken, visible(text))


def _broken(command: re.Match[str]) -> str:
    return "# #[" if command[1] is None else f"{command[1]}: :"


def say(sentence: str) -> None:
    """Prints one message of the command line to stderr. Newlines stay: some messages list things."""
    print(f"autograder: {for_terminal(sentence)}", file=sys.stderr)


def for_markdown(text: str) -> str:
    """For a line of Markdown: no markup, mention or link from the student."""
    return re.sub(r"([\\`*_\[\]<>&|#~!@:])", r"\\\1", one_line(text))


def fenced(text: str) -> str:
    """As a block of code in Markdown, in a fence longer than any run of backticks in the text."""
    text = for_terminal(text)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return "\n".join([fence, text, fence])


def for_csv(cell: str) -> str:
    """The cell in a form that no spreadsheet takes for a formula: an apostrophe goes before one. Numbers stay.

    A spreadsheet may split cells at separators other than the comma, so text after one of those is treated the same
    way.
    """
    cell = visible(cell)
    if cell == "-" or _NUMBER.fullmatch(cell):
        return cell
    return _FORMULA.sub(r"\1\2'", cell)
