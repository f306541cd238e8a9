"""The pages in a browser: nothing that axe reports, in light and dark, on a screen and a phone; the table works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from autograder.pages.write import main_report
from tests import course
from tests.gradebook.helpers import enter, give
from tests.looks import axe, browser, check  # noqa: F401
from tests.pages.conftest import made_up, unread, write_class


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = course.make_course(tmp_path_factory.mktemp("looks"))
    entered = enter(root, "ada")
    give(root, "ada", 1.5, "Say why.")
    give(root, "ada", 0.5, cell="double-tests", extra=0.25)
    source = "def double(x):\n    import gc\n    gc.get_objects()\n    return 2 * x"
    for name in ("bob", "cyd"):
        course.hand_in(root, name, course.with_sources(double=source))
    both = ("test_double_up", "test_double_down")
    message = "Squaring.\nYour code raised ValueError: no\n  in the cell square, line 3: raise ValueError"
    write_class(
        root,
        entered,
        made_up("bob", failing=("test_square",), message=message),
        made_up("cyd", failing=both, message="off by 2", repairs=("metadata restored",)),
        unread("dan", "tiny.ipynb breaks off in line 3"),
    )
    assert main_report(root=root) == 0
    return root / "reports"


PAGES = ("index.html", "tiny/class.html", "tiny/ada.html", "tiny/bob.html", "tiny/dan.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_reports_nothing(browser: Browser, axe: str, reports: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for name in PAGES:
        page.goto((reports / name).as_uri())
        check(page, axe)
    page.close()


@pytest.fixture
def table(browser: Browser, reports: Path) -> Iterator[Page]:
    page = browser.new_page()
    page.goto((reports / "tiny" / "class.html").as_uri())
    yield page
    page.close()


def students(page: Page) -> list[str]:
    return page.locator("table.workbench tbody tr:visible th a").all_inner_texts()


def test_the_students_table_sorts_searches_and_filters(table: Page) -> None:
    assert students(table) == ["ada", "bob", "cyd", "dan"]
    table.get_by_role("button", name="square").click()
    assert students(table)[0] == "bob"
    table.get_by_role("button", name="square").click()
    assert students(table)[-1] == "bob"
    expect(table.locator("th[aria-sort=descending]")).to_have_text("square")
    table.get_by_label("Search").fill("CY")
    assert students(table) == ["cyd"]
    expect(table.locator("output")).to_have_text("1 of 4")
    table.get_by_label("Search").fill("")
    table.get_by_label("Show").select_option(label="whose notebook could not be read")
    assert students(table) == ["dan"]


def test_the_policy_lets_no_other_script_run(table: Page) -> None:
    table.evaluate("document.body.append(document.createElement('script'))")
    table.evaluate("document.body.lastChild.textContent = 'window.ran = 1'")
    table.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
    )
    assert table.evaluate("window.ran") is None
