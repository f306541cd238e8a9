"""The service in a browser: a student's whole way and the instructor's page, on a phone in the dark and on a screen."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests import course, looks
from tests.looks import axe, browser  # noqa: F401
from tests.serve.conftest import WRONG, Open


def check(page: Page, axe: str) -> None:
    for width, scheme in ((390, "dark"), (1400, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        looks.check(page, axe)


def test_a_student_enters_uploads_waits_reads_and_tries_again(
    browser: Browser, axe: str, open_service: Open, tmp_path: Path
) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    page.goto(open_service.link("ada"))
    assert "#" not in page.url  # no longer in the history, or over somebody's shoulder
    check(page, axe)
    page.get_by_role("button", name="Enter").click()
    check(page, axe)
    page.get_by_role("link", name="tiny").click()
    check(page, axe)

    def upload(book: dict) -> None:
        (tmp_path / "tiny.ipynb").write_text(json.dumps(book))
        page.get_by_label("Your notebook").set_input_files(tmp_path / "tiny.ipynb")
        page.get_by_role("button", name="Upload").click()

    upload(WRONG)
    expect(page.locator("output")).to_have_text("Your notebook is being graded.")
    check(page, axe)
    open_service.go.set()
    expect(page.get_by_text("Not final.")).to_be_visible()
    expect(page.get_by_text("in your cell square, line 3")).to_be_visible()
    check(page, axe)

    page.get_by_role("link", name="Try again").click()
    upload(course.solved())
    expect(page.get_by_text("5 of 5")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_text("You have used all 2 attempts of the last hour.")).to_be_visible()
    expect(page.get_by_role("button", name="Upload")).to_have_count(0)
    check(page, axe)
    assert errors == []
    page.goto(f"{open_service.address}/attempt/99")
    check(page, axe)

    page.goto(open_service.link("prof", "instructor"))
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("row", name="square: test_square").first).to_be_visible()
    check(page, axe)
    page.close()
