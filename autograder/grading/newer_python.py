"""Handles a cell with the syntax of a newer Python than the one that grades: reads what can be read, names the rest.

Python only says "invalid syntax" about such a line, which ran where the student worked. ruff knows the syntax of every
version, and says which line needs which version. It only parses the text, in a process of its own.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

from ruff import find_ruff_bin

MAX_LENGTH = 20_000
"""Characters of a cell that are checked."""
MAX_CELLS = 50
"""Cells of a notebook that are checked: each takes some 20 ms."""
_SECONDS = 10
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"

_NEWER = re.compile(r"(?P<what>.*) on Python [\d.]+ \(syntax was added in Python (?P<version>[\d.]+)\)")
_QUOTES = "Cannot reuse outer quote character"
_PLAIN = re.compile(r'"[^"\'\\{}\n]*"|\'[^"\'\\{}\n]*\'')
"""A quoted text that means the same in the other kind of quotes."""
_IPYTHON_INSIDE = re.compile(
    r"^(?P<kept>[ \t]*)(?:[!%?].*|\??[\w.]+\?{1,2}[ \t]*)$|^(?P<assigned>[ \t]*\w[\w.,* \t]*=[ \t]*)[!%].*$",
    re.MULTILINE,
)
"""Lines like `files = !ls`, `df.head?` and an indented `%time f()`."""
_LONE_RETURN = re.compile(r"\r(?!\n)")
_INSTEAD = {
    _QUOTES: "Use the other kind of quotes inside the braces, as in `f\"{d['x']}\"`.",
    "Cannot use an escape sequence": "Give the text with the backslash a name above, and use that inside the braces.",
    "Cannot use line breaks": "Put what is between the braces on one line.",
    "Cannot use comments": "Take the comment out of the braces.",
    "Cannot use `type` alias": "Leave out the word `type`, as in `Vector = list[float]`.",
    "Cannot use type parameter": "Leave out the brackets after the name, and write `T = typing.TypeVar('T')` above.",
    "Multiple exception types": "Put them in parentheses, as in `except (ValueError, TypeError):`.",
}


class Newer(NamedTuple):
    """A place in a cell, counted from 1, that an older Python cannot read."""

    line: int
    column: int
    what: str
    version: str


def read_here(source: str, python: str) -> str | None:
    """The cell with other quotes inside f-strings, if this Python can then read it; otherwise None.

    Args:
        python: the same lines, with those for IPython empty.
    """
    if _LONE_RETURN.search(source):  # the end of a line for ruff, but not for Python
        return None
    python, places = _places_that_are_newer(python)
    if not places:
        return None
    lines, plain = source.split("\n"), python.split("\n")
    for place in places:
        if not place.what.startswith(_QUOTES):
            return None
        start = place.column - 1
        text = _PLAIN.match(plain[place.line - 1], start)
        if text is None:
            return None
        for changed in (lines, plain):
            line, quote = changed[place.line - 1], "'" if text[0][0] == '"' else '"'
            changed[place.line - 1] = line[:start] + quote + text[0][1:-1] + quote + line[text.end() :]
    try:
        ast.parse("\n".join(plain))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return "\n".join(lines)


def explain(python: str) -> str:
    """Which part of a cell is the syntax of a newer Python, and what to write instead; nothing if there is none."""
    _, newer = _places_that_are_newer(python)
    if not newer:
        return ""
    line, _, what, version = max(
        newer, key=lambda place: int(place.version.split(".")[1])
    )  # the first of these
    instead = next(
        (fix for start, fix in _INSTEAD.items() if what.startswith(start)), "Write it without that."
    )
    return (
        f"Line {line} needs Python {version} or later, and your notebook is graded with Python {HERE} "
        f"({what[:1].lower()}{what[1:]}). {instead}"
    )


def _places_that_are_newer(python: str) -> tuple[str, list[Newer]]:
    """The text in a form that ruff can read, and the parts that are too new: unchanged, or else without IPython inside
    its lines."""
    harmless = _IPYTHON_INSIDE.sub(
        lambda found: f"{found['kept']}pass" if found["assigned"] is None else f"{found['assigned']}0", python
    )
    for text in dict.fromkeys([python, harmless]):
        if places := newer_syntax(text):
            return text, places
    return python, []


def newer_syntax(source: str) -> list[Newer]:
    """Places that a newer Python can read and this one cannot; none if the text is not Python at all."""
    if len(source) > MAX_LENGTH:
        return []
    command = [
        find_ruff_bin(),
        "check",
        "--isolated",
        "--no-cache",
        "--select",
        "E902",
        "--output-format",
        "json",
    ]
    command += [f"--target-version=py{HERE.replace('.', '')}", "-"]
    try:
        said = subprocess.run(command, input=source.encode(), capture_output=True, timeout=_SECONDS).stdout
        places = list(_places(json.loads(said)))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return []
    return [place for place in places if place] if all(places) else []


def _places(said: list[dict]) -> Iterator[Newer | None]:
    for one in said:
        match = _NEWER.fullmatch(one["message"])
        place = one["location"]
        yield Newer(place["row"], place["column"], match["what"], match["version"]) if match else None
