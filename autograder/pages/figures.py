"""The figures that a student's notebook shows: pictures in its outputs that really have the format that they claim.

The student controls a notebook's outputs. Only PNG and JPEG are shown, byte for byte as decoded from base64, within
limits; HTML, SVG and JavaScript never are.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from autograder.grading.notebook_reader import UnreadableSubmission, read_json

MAX_FIGURES = 40
MAX_BYTES = 1_500_000
"""The most bytes of one picture. A figure of this course has 20 to 150 kB."""
MAX_TOTAL_BYTES = 8_000_000
MAX_PIXELS = 12_000_000
"""Width times height: a small file can contain a picture that fills the memory."""

_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}


@dataclass(frozen=True)
class Figure:
    cell: str
    """Where it is: the cell's grade_id, or its place in the notebook."""
    mime: str
    base64: str
    width: int
    height: int


@dataclass(frozen=True)
class Figures:
    shown: tuple[Figure, ...] = ()
    left_out: int = 0
    """Pictures that are too large, too many, or not what they say they are."""


def figures_of(file: Path | None, assignment: str) -> Figures:
    """The figures in the outputs of a submitted notebook; none if it cannot be read."""
    if file is None:
        return Figures()
    try:
        notebook = read_json(file, file.name, [], assignment)
    except UnreadableSubmission:
        return Figures()
    shown: list[Figure] = []
    left_out = total = 0
    for cell, mime, text in _pictures(notebook):
        is_room = (
            len(shown) < MAX_FIGURES and left_out < MAX_FIGURES
        )  # a broken picture takes as long as another
        figure = _figure(cell, mime, text) if is_room else None
        if figure is None or total + len(figure.base64) > MAX_TOTAL_BYTES:
            left_out += 1
        else:
            total += len(figure.base64)
            shown.append(figure)
    return Figures(tuple(shown), left_out)


def _pictures(notebook: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Cell, MIME type and content of each output that says it is a PNG or a JPEG."""
    for number, cell in enumerate(_list(notebook.get("cells")), start=1):
        if not isinstance(cell, dict):
            continue
        name = _grade_id(cell) or f"cell {number}"
        for output in _list(cell.get("outputs")):
            data = output.get("data") if isinstance(output, dict) else None
            if not isinstance(data, dict):
                continue
            for mime in _FORMATS:
                content = data.get(mime)
                if isinstance(content, list):  # the notebook format allows a list of lines
                    content = "".join(line for line in content if isinstance(line, str))
                if isinstance(content, str):
                    yield name, mime, content
                    break  # one form of the same picture is enough


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _grade_id(cell: dict[str, Any]) -> str | None:
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    return grade_id[:80] if isinstance(grade_id, str) and grade_id else None


def _figure(cell: str, mime: str, text: str) -> Figure | None:
    if len(text) > MAX_BYTES * 3 // 2:  # the size as base64, with line ends
        return None
    try:
        content = base64.b64decode(text.encode("ascii"), validate=False)
    except (binascii.Error, ValueError):
        return None
    if len(content) > MAX_BYTES:
        return None
    # Pillow prints warnings to the terminal, and its decoders raise all kinds of errors for broken data.
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=[_FORMATS[mime]]) as picture,
        ):
            width, height = picture.size
            if width * height > MAX_PIXELS or getattr(picture, "is_animated", False):
                return None
            picture.load()
    except Exception:
        return None
    return Figure(cell, mime, base64.b64encode(content).decode("ascii"), width, height)
