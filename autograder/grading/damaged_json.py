"""Reads a notebook's JSON even if the file around it is damaged, as long as all of the cells are there.

What an editor, a merge or a server did to the file is undone and listed as a repair; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_COMMAS = 20
"""Commas that may be added or removed before the file counts as damaged: each needs another parse."""

MAX_REPAIRED = 20_000_000
"""Characters of a file whose commas are looked at, or the two sides of a conflict."""

_DECODER = json.JSONDecoder(strict=False)  # line ends within a string are accepted
_START = re.compile(r'\{\s*"(?:cells|metadata|nbformat|nbformat_minor|worksheets)"\s*:')
_CELLS = re.compile(r'"cells"\s*:\s*(?=\[)')
_BLANK = "\ufeff\x00 \t\r\n"


def load(text: str, repairs: list[str]) -> Any:
    """The JSON in the text, which need not be a notebook.

    Raises:
        json.JSONDecodeError: there is none; it has the position in the original text.
        ValueError, RecursionError: there is one that Python cannot represent.
    """
    value, end = _first_value(text, repairs)
    rest = text[end:].strip(_BLANK)
    if isinstance(value, str) and not rest:
        value = json.loads(value, strict=False)
        repairs.append("notebook was saved as a text in JSON")
    if rest:
        what = "a second notebook" if _START.match(rest) else "what follows its end"
        repairs.append(f"{what} (line {_line(text, end) + 1}) was left out: the notebook is read up to there")
    return _unwrapped(value)


def conflict(text: str) -> int | None:
    """The line of the first conflict that a merge left in the text, if there is one."""
    if len(text) > MAX_REPAIRED or "\n>>>>>>>" not in text:
        return None
    return next((n for n, line in enumerate(text.split("\n"), 1) if line.startswith("<<<<<<<")), None)


def sides(text: str) -> tuple[str, str]:
    """The two versions between which the merge could not decide."""
    ours, theirs = [], []
    both = into = (ours, theirs)
    for line in text.split("\n"):
        if line.startswith("<<<<<<<"):
            into = (ours,)
        elif line.startswith("|||||||"):  # the common ancestor
            into = ()
        elif line.startswith("=======") and into is not both:
            into = (theirs,)
        elif line.startswith(">>>>>>>"):
            into = both
        else:
            for side in into:
                side.append(line)
    return "\n".join(ours), "\n".join(theirs)


def _first_value(text: str, repairs: list[str]) -> tuple[Any, int]:
    start = len(text) - len(text.lstrip(_BLANK))
    if text[start : start + 1] not in ("{", "[", '"') and (found := _START.search(text)):
        start = found.start()
        repairs.append(f"what comes before the notebook (up to line {_line(text, start)}) was left out")
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        problem = error
    whole, lines = _with_commas(text, start)
    try:
        value, end = _DECODER.raw_decode(whole, start)
        end += len(text) - len(whole)
    except json.JSONDecodeError:
        cells = _CELLS.search(whole)
        if cells is None:
            raise problem from None
        try:
            found, end = _DECODER.raw_decode(whole, cells.end())
        except json.JSONDecodeError:
            raise problem from None
        value, end = {"cells": found}, len(text)
        repairs.append(
            f"what follows the cells cannot be read (line {_line(text, problem.pos)}) and was left out"
        )
    if lines:
        repairs.append(f"comma in line {', '.join(map(str, dict.fromkeys(lines)))} of the file fixed")
    return value, end


def _with_commas(text: str, start: int) -> tuple[str, list[int]]:
    """The text with a comma removed before a closing bracket, or added after it, where JSON requires it."""
    lines: list[int] = []
    for _ in range(MAX_COMMAS if len(text) <= MAX_REPAIRED else 0):
        try:
            _DECODER.raw_decode(text, start)
            break
        except json.JSONDecodeError as error:
            place = error.pos
        end = len(text[:place].rstrip())
        before, after = text[end - 1 : end], text[place : place + 1]
        if before == "," and after in ("]", "}"):
            text, line = text[: end - 1] + text[end:], end
        elif after == "," and re.compile(r",\s*[\]}]").match(
            text, place
        ):  # where newer versions of Python report it
            text, line = text[:place] + text[place + 1 :], place
        elif (before in ("}", "]") and after in ("{", "[", '"')) or (
            before == after == '"' and "\n" in text[end:place]
        ):
            text, line = f"{text[:end]},{text[end:]}", end
        else:
            break
        lines.append(_line(text, line))
    return text, lines


def _unwrapped(value: Any) -> Any:
    """Unwraps a notebook that is in a list of one, or in the form in which Jupyter's server sends it."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) and "cells" in value[0]:
        return value[0]
    if isinstance(value, dict) and "cells" not in value and isinstance(value.get("content"), dict):
        return value["content"]
    return value


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
