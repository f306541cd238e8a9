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
    assert students(table)[-2:] == ["bob", "dan"]
    expect(table.locator("th[aria-sort=descending]")).to_have_text("square")
    table.get_by_label("Search").fill("CY")
    assert students(table) == ["cyd"]
    expect(table.locator("output")).to_have_text("1 of 4")
    table.get_by_label("Search").fill("")
    table.get_by_label("Show").select_option(label="whose notebook could not be read")
    assert students(table) == ["dan"]


def test_empty_cells_are_last_in_both_directions(table: Page) -> None:
    for order in ("ascending", "descending"):
        table.get_by_role("button", name="flags").click()
        expect(table.locator(f"th[aria-sort={order}]")).to_have_text("flags")
        assert set(students(table)[:2]) == {"bob", "cyd"}


def test_what_is_closed_is_printed_and_closed_again(table: Page) -> None:
    closed = table.locator("details:not([open])")
    before = closed.count()
    assert before
    table.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert closed.count() == 0
    table.evaluate("dispatchEvent(new Event('afterprint'))")
    assert closed.count() == before


def test_a_printed_page_is_as_wide_as_the_paper(table: Page) -> None:
    table.emulate_media(media="print")
    assert table.evaluate("getComputedStyle(document.body).maxWidth") == "none"
    sizes = table.evaluate(
        "[...document.querySelectorAll('.workbench, .workbench thead th')].map("
        "(one) => getComputedStyle(one).fontSize)"
    )
    assert len(set(sizes)) == 1


def test_the_tasks_of_titanic_are_as_wide_as_a_small_screen(table: Page) -> None:
    table.set_viewport_size({"width": 1200, "height": 900})
    names = (
        "prepare interpret logistic-regression train fit convergence explain-convergence mlp fit-mlp".split()
    )
    sizes = table.evaluate(
        """(names) => {
        const students = document.querySelector("table.workbench");
        for (const row of students.rows)
            for (const name of names.slice(3)) row.insertBefore(row.cells[4].cloneNode(true), row.cells[4]);
        names.forEach((name, place) => { students.rows[0].cells[4 + place].textContent = name; });
        return [students.parentElement.scrollWidth, students.parentElement.clientWidth];
    }""",
        names,
    )
    assert sizes == [1160, 1160]


def test_a_pencil_is_never_above_a_sticky_name(table: Page) -> None:
    table.set_viewport_size({"width": 500, "height": 600})
    on_top = table.evaluate("""() => {
        const hand = document.querySelector("table.workbench .hand");
        const name = hand.closest("tr").cells[0];
        const scroll = hand.closest(".scroll");
        scroll.scrollIntoView();
        scroll.scrollLeft += hand.getBoundingClientRect().left - scroll.getBoundingClientRect().left - 20;
        const box = hand.getBoundingClientRect();
        return name.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
    }""")
    assert on_top


def test_an_id_is_not_broken_where_it_fits(browser: Browser, reports: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 700})
    page.goto((reports / "tiny" / "class.html").as_uri())
    heights = page.evaluate("""() => {
        document.querySelectorAll(".note").forEach((one) => one.remove()); // they keep the column wide
        const name = document.querySelector("table.workbench tbody .name");
        const before = name.getBoundingClientRect().height;
        name.textContent = "mariasonnenfels";
        return [before, name.getBoundingClientRect().height];
    }""")
    page.close()
    assert heights[0] == heights[1]


def test_bars_are_seen_with_forced_colours(browser: Browser, reports: Path) -> None:
    page = browser.new_page(forced_colors="active")
    page.goto((reports / "tiny" / "class.html").as_uri())
    for part, ground in ((".bar i", ".bar"), (".chart i", "body")):
        colours = page.evaluate(
            "(names) => names.map((one) => getComputedStyle(document.querySelector(one)).backgroundColor)",
            [part, ground],
        )
        assert colours[0] != colours[1]
    page.close()


def test_the_policy_lets_no_other_script_run(table: Page) -> None:
    table.evaluate("document.body.append(document.createElement('script'))")
    table.evaluate("document.body.lastChild.textContent = 'window.ran = 1'")
    table.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
    )
    assert table.evaluate("window.ran") is None
