"""Figures of a submitted notebook: pictures that decode, nothing else."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from autograder.pages import figures
from autograder.pages.figures import figures_of
from tests import course


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "navy").save(content, kind)
    return content.getvalue()


def hand_in(root: Path, *outputs: dict[str, Any]) -> Path:
    book = course.solved()
    course.cell(book, "show-double")["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": data} for data in outputs
    ]
    return course.hand_in(root, "ada", book)


def encoded(content: bytes) -> str:
    return base64.encodebytes(content).decode()  # with line ends, as Jupyter writes it


def test_png_and_jpeg_are_shown_with_their_cell(root: Path) -> None:
    png, jpeg = picture("PNG"), picture("JPEG", (10, 30))
    file = hand_in(root, {"image/png": encoded(png)}, {"image/jpeg": [encoded(jpeg)]})
    shown = figures_of(file, course.NAME).shown
    assert [(figure.cell, figure.mime, figure.width, figure.height) for figure in shown] == [
        ("show-double", "image/png", 40, 20),
        ("show-double", "image/jpeg", 10, 30),
    ]
    assert base64.b64decode(shown[0].base64) == png


def test_html_and_svg_are_never_looked_at(root: Path) -> None:
    file = hand_in(root, {"text/html": "<script>x</script>"}, {"image/svg+xml": "<svg onload='x'/>"})
    assert figures_of(file, course.NAME) == figures.Figures()


@pytest.mark.parametrize(
    "content",
    [
        encoded(b"<script>alert(1)</script>"),
        encoded(picture("GIF")),
        encoded(picture("JPEG")),  # not what it says it is
        encoded(picture("PNG")[:60]),
        '"><script>alert(1)</script>',
        "\u00e4\u00f6\u00fc",
        "",
    ],
)
def test_what_does_not_decode_as_what_it_says_is_left_out_and_counted(root: Path, content: str) -> None:
    assert figures_of(hand_in(root, {"image/png": content}), course.NAME) == figures.Figures(left_out=1)


def test_pictures_beyond_the_limits_are_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MAX_PIXELS", 1000)
    monkeypatch.setattr(figures, "MAX_FIGURES", 2)
    small, large = {"image/png": encoded(picture())}, {"image/png": encoded(picture(size=(40, 40)))}
    found = figures_of(hand_in(root, large, small, small, small), course.NAME)
    assert (len(found.shown), found.left_out) == (2, 2)
    found = figures_of(hand_in(root, large, large, small), course.NAME)
    assert (len(found.shown), found.left_out) == (0, 3)  # broken ones take as long to look at
    monkeypatch.setattr(figures, "MAX_BYTES", 10)
    assert figures_of(hand_in(root, small), course.NAME).left_out == 1


@pytest.mark.parametrize(
    "outputs", [None, 7, "x", [None], [{"data": 3}], [{"data": {"image/png": {"a": 1}}}]]
)
def test_odd_outputs_are_no_figures(root: Path, outputs: Any) -> None:
    book = course.solved()
    course.cell(book, "show-double")["outputs"] = outputs
    assert figures_of(course.hand_in(root, "ada", book), course.NAME) == figures.Figures()


def test_a_notebook_that_cannot_be_read_has_none(root: Path) -> None:
    assert figures_of(course.hand_in(root, "ada", b""), course.NAME) == figures.Figures()
    assert figures_of(None, course.NAME) == figures.Figures()
