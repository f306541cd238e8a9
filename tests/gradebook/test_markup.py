"""What a student writes is shown and not run; what an honest student writes looks as it did."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from playwright.sync_api import Page, sync_playwright

from autograder.gradebook import markup
from autograder.gradebook.markup import (
    SafeMarkup,
    _rendered,
    _tree,
    safe_cell,
    safe_cells,
    safe_html,
    safe_markdown,
)
from tests import course
from tests.gradebook.attacks import MARKDOWN, RUN, notebook
from tests.tools import require_browser

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HONEST = rf"""
# A heading

*Emphasis*, **bold**, `code`, ~~gone~~, $a_1 * b_2 = \frac{{1}}{{2}}$, $x < y$ & more, H<sub>2</sub>O<br>

| weight | gradient |
|:-------|---------:|
| $w_1$  | 2        |

$$\begin{{align}} a &= b \\ c &< d \end{{align}}$$

- [x] done
- [ ] open

> a quotation

```python
def f(x):
    return x < 2 and "a" & 1
```

![pasted](attachment:a.png) ![data](data:image/png;base64,{PICTURE}) ![file](figures/loss.png)

[link](https://example.org) <b>bold</b> <font color="red">red</font>

<details><summary>More</summary>

hidden *text*
</details>
"""


def test_an_honest_answer_stays_as_it_is() -> None:
    assert safe_markdown(HONEST, {"a.png": {"image/png": PICTURE}}) == HONEST


def test_a_tag_shows_an_attached_picture_too() -> None:
    tag, picture = '<img width="90" src="attachment:a.png">', {"a.png": {"image/png": PICTURE}}
    assert f'src="data:image/png;base64,{PICTURE}"' in safe_html(tag, picture)
    assert safe_markdown(tag, picture) == tag
    assert "base64," in safe_html("<img src=attachment:gone.png>")


def test_one_picture_shown_very_often_is_not_shown() -> None:
    shown = safe_html("![](attachment:a.png)\n" * 1000, {"a.png": {"image/png": "AAAA" * 100_000}})
    assert shown.startswith("<pre>") and len(shown) < 50_000


def test_a_long_row_of_blanks_is_shown_as_text() -> None:
    """mistune's patterns read the row again from each of its blanks."""
    assert safe_html("# a" + " " * 40_000 + "b").startswith("<pre>")


def test_text_without_end_is_shown_as_text_however_it_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_MAX_NOTEBOOK", 100)
    cells = safe_cells([new_markdown_cell(f"*{'a' * 40}*") for _ in range(4)])
    assert [cell.source.startswith("```") for cell in cells] == [False, False, True, True]


SPELLINGS = {
    "as it is": "![](attachment:a.png)",
    "a reference": "![x][r]",
    "an escape": "![](attachment:a\\.png)",
    "an entity": "![](attachment&colon;a.png)",
    "percent": "![](attachment:%61.png)",
    "a tag": "<img src='attachment:a.png'>",
    "a title": "[x][t]",
}
REFERENCES = "\n\n[r]: attachment:a.png\n[t]: https://x.org '<img src=attachment:a.png>'\n"


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_however_one_picture_is_shown_very_often_it_is_counted(
    spelling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = {"a.png": {"image/png": "AAAA" * 1000}}
    monkeypatch.setattr("autograder.gradebook.markup.MAX_PICTURE_BYTES", 10_000)
    shown = safe_html(spelling + REFERENCES, pictures)
    assert not shown.startswith("<pre>") and len(shown) > 4000
    for often in (safe_html, safe_markdown):
        shown = often(f"{spelling}\n" * 100 + REFERENCES, pictures)
        assert shown.startswith(("<pre>", "```")) and len(shown) < 5000


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_small_picture_may_be_shown_only_so_often(spelling: str) -> None:
    """Or hundreds of cells would show together what one may not."""
    shown = safe_html(f"{spelling}\n" * 100 + REFERENCES, {"a.png": {"image/png": "AAAA" * 5000}})
    assert shown.startswith("<pre>") and len(shown) < 5000


def test_a_long_address_behind_many_references_is_not_written_out() -> None:
    for shown in ("[x][r]", "![x][r]"):
        page = safe_html(f"{shown}\n" * 10_000 + f"\n[r]: https://x.org/{'a' * 10_000}\n")
        assert page.startswith("<pre>") and len(page) < 200_000


@pytest.mark.parametrize(
    "source",
    ["\\\\[" * 600_000, "\\\\(" * 600, "\\begin{a}" * 600, "\\\\[\n\n" * 600, "word " * 20_000],
    ids=["2 MB", "inline", "environments", "paragraphs", "long"],
)
def test_a_cell_that_would_take_too_long_is_shown_as_written(source: str) -> None:
    assert safe_markdown(source, {}).startswith("```")
    assert safe_html(source).startswith("<pre>")


BOLD = "".join(f"<b id={n}>" for n in range(1000))


@pytest.mark.parametrize(
    "source",
    [
        BOLD + "<p>a" * 2000,
        BOLD + "<p>a" * 2000 + "</b>" * 1000,
        BOLD.replace(">", "/>") + "<p>a" * 2000,
        "<p>" + BOLD + "<table><tr><td>" + "</b>" * 1000 + "</table>" + "<p>a" * 2000,
    ],
    ids=["open", "closed at the end", "closed in the tag", "closed in a table"],
)
def test_formatting_that_would_be_opened_again_in_each_paragraph_is_shown_as_written(source: str) -> None:
    assert safe_markdown(source, {}).startswith("```")
    assert safe_html(source).startswith("<pre>")
    output = {"output_type": "display_data", "data": {"text/html": source}, "metadata": {}}
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output)])
    shown, _ = SafeMarkup().preprocess(nbformat.v4.new_notebook(cells=[cell]), {})
    assert shown.cells[0].outputs[0].data["text/html"].startswith("<pre>")


def test_tags_that_do_not_end_are_cleaned() -> None:
    shown = safe_markdown('<p a="b" ' * 3000 + "\n\nanswer", {})
    assert shown == "<div><p>answer</p></div>"


def test_a_long_answer_with_many_formulas_and_large_pictures_stays_as_it_is() -> None:
    formulas = (
        "An answer with $a_1 < b$ and \\\\(c\\\\) in it, and more words that say why it is so.\n\n" * 400
    )
    picture = {"a.png": {"image/png": "AAAA" * 100_000}}
    essay = (
        formulas + "\\begin{align} a &= b \\\\[2mm] c &= d \\end{align}\n\n" * 40 + "![](attachment:a.png)"
    )
    assert safe_markdown(essay, picture) == essay
    assert not safe_html(essay, picture).startswith("<pre>")
    cleaned = safe_markdown("![](attachment:a.png)\n<script>1</script>", picture)
    assert len(cleaned) > 400_000 and "data:image/png" in safe_html(cleaned)


def test_code_is_coloured_in_the_languages_of_the_course() -> None:
    assert "<span" in safe_html("```python\nx = 1\n```")
    for plain in ("```fortran\nx = 1\n```", "```python\n" + "x = 1\n" * 4000 + "```"):
        shown = safe_html(plain)
        assert "<span" not in shown and "x = 1" in shown and "<pre><code" in shown


def test_a_picture_whose_name_has_an_umlaut_is_shown() -> None:
    assert PICTURE in safe_html("![](attachment:Übung.png)", {"Übung.png": {"image/png": PICTURE}})


@pytest.mark.parametrize("tree", ["release", "solutions"])
def test_every_cell_of_ours_stays_as_it_is(tree: str) -> None:
    files = sorted((course.REPOSITORY / tree).glob("*/*.ipynb"))
    assert files
    for file in files:
        for cell in nbformat.read(file, 4).cells:
            before = cell.copy()
            assert safe_cell(cell) == before


def test_an_honest_answer_keeps_its_look_where_something_is_taken_from_it() -> None:
    cleaned = safe_markdown(HONEST + "\n<script>1</script>\n", {"a.png": {"image/png": PICTURE}})
    assert "script" not in cleaned
    honest = _rendered(HONEST, {"a.png": {"image/png": PICTURE}})
    assert _tree(safe_html(cleaned)) == [("div", []), *_tree(honest)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require_browser(), chromium_sandbox=False)
        page = browser.new_page()
        page.route("**", lambda route: route.abort())
        yield page
        browser.close()


@pytest.fixture
def asked(chromium: Page) -> Iterator[list[str]]:
    """Addresses that the page asks for."""
    addresses: list[str] = []

    def note(request) -> None:
        addresses.append(request.url)

    chromium.goto("about:blank")
    chromium.on("request", note)
    yield addresses
    chromium.remove_listener("request", note)


def test_the_attacks_work_without_us(chromium: Page) -> None:
    chromium.set_content(_rendered(MARKDOWN["image error"], {}), wait_until="load")
    assert chromium.evaluate("window.ran") == 1


@pytest.mark.parametrize("attack", MARKDOWN)
@pytest.mark.parametrize("door", ["formgrader and feedback", "autograded"])
def test_no_markdown_runs_a_script(chromium: Page, asked: list[str], attack: str, door: str) -> None:
    source = MARKDOWN[attack]
    shown = safe_html(source) if door != "autograded" else _rendered(safe_markdown(source, {}), {})
    chromium.set_content(f"<body><input id='explain'>{shown}</body>", wait_until="load")
    for link in chromium.locator("a, summary").all():
        link.dispatch_event("click")
    assert chromium.evaluate("window.ran") is None
    assert [address for address in asked if not address.startswith(("data:image/", "about:"))] == []
    assert chromium.evaluate("document.querySelector('#explain').tagName") == "INPUT"
    bad = "script, iframe, object, embed, form, style, link, meta, base, svg, math, button"
    bad += ", [id]:not(#explain), [name], [style*=position]"
    assert chromium.locator(bad).count() == 0
    assert "javascript:" not in " ".join(chromium.evaluate("[...document.links].map(a => a.href)"))
    assert "\\href{javascript" not in shown and "\\style" not in shown and "\u202e" not in shown


def test_no_output_name_or_raw_cell_is_markup() -> None:
    book = nbformat.from_dict(notebook())
    resources = {"student": f"<b onclick={RUN}>", "last_name": "<script>", "first_name": "O'Neill"}
    book, resources = SafeMarkup().preprocess(book, resources)
    assert "<" not in "".join(resources.values())
    assert "widgets" not in book.metadata
    for cell in book.cells:
        if cell.cell_type == "raw":
            assert "<script" not in cell.source and "<img" not in cell.source
        for output in cell.get("outputs", []):
            assert not set(output.get("data", {})) - {"text/html", "text/plain"}
            assert "onerror" not in output.get("data", {}).get("text/html", "")
