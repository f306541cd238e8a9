"""Cleans a student's Markdown, HTML and pictures: no script, no form, nothing fetched or hidden.

Three places use the same rules: what RepairingExporter writes into autograded/ (`safe_cell`), formgrader's page of a
submission and the feedback (`markdown_as_html`, `SafeMarkup`), by nbgrader_config.py. The rules are nh3's, a parser
that reads HTML as browsers do; formulas, tables, pictures, colours and code of honest answers stay as they are.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import nh3
from jinja2 import pass_context
from mistune import HTMLRenderer
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from pygments.token import STANDARD_TYPES

from autograder.grading.notebook_reader import MAX_PICTURE_BYTES
from autograder.grading.safe_text import fenced, visible

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
"""Shown as <img>, in which a browser runs no script of an SVG."""
_DATA_URL = re.compile(rf"data:({'|'.join(map(re.escape, _PICTURES))});base64,[A-Za-z0-9+/=\s]*")
_ATTACHED_IN_TAG = re.compile(
    r"""(<img\b[^<>]{0,1000}?\ssrc\s{0,9}=\s{0,9}["']?)(attachment:[^\s)>"']+)""", re.IGNORECASE
)
_FILE_NEXT_TO_IT = re.compile(r"(?!\.\.?/)[\w. -]+(?:/(?!\.\.?/)[\w. -]+)*")

_TAGS = set(
    "a b blockquote br caption center code col colgroup dd del details div dl dt em figcaption figure font h1 h2 h3 "
    "h4 h5 h6 hr i img input ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table tbody "
    "td tfoot th thead tr tt u ul var".split()
)
_ATTRIBUTES = {
    "*": {"align", "class", "dir", "lang", "style", "title", "valign"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "input": {"checked"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "td": {"colspan", "headers", "rowspan", "scope"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "details": {"open"},
}
_STYLES = set(
    "background-color border border-collapse color font-family font-size font-style font-weight margin padding "
    "text-align text-decoration vertical-align white-space".split()
)
_CLASSES = {
    *STANDARD_TYPES.values(),
    "highlight",
    "task-list-item",
    "task-list-item-checkbox",
    "autograder-report",
}
_NOTHING = set("embed iframe math noscript object script style svg template textarea title".split())
"""Elements that are removed together with their text."""

_UNSAFE_MATH = re.compile(r"\\(href|style|cssId|class)(?![A-Za-z])")
_WEB_LINK = re.compile(r"\\href\s*\{\s*https?://[^{}\\\"'<>]*\}")


_MAX_TEXT = 50_000
"""Characters of a cell that are rendered, without its pictures: about 8000 words. A longer one is shown as written."""
_MAX_NOTEBOOK = 200_000
"""Characters of all Markdown cells of a notebook together: ten times those of a released one."""
_BLANKS = re.compile(r"[^\S\n]{500}")
"""For a longer row of blanks, mistune's patterns take time that grows with the square of its length."""
_MAX_OPENED = 500
"""Beginnings of formulas by which nbconvert looks for an end, each in all of the text behind it."""
_MAX_UNENDED = 100
"""Tags without an end: html.parser reads all of the text behind each."""
_PICTURE_IN_TEXT = re.compile(r"data:image/[a-z+]{1,9};base64,(?:[A-Za-z0-9+/=]|&#10;){200,}")
_OPENED = re.compile(r"\\\\[\[(]|\\begin\{")
_UNENDED = re.compile(r"<(?![^<>]*>)|<[!?]")
_FORMATTING = set("a b big code em font i nobr s small strike strong tt u".split())
_VOID = set("br col hr img input wbr".split())
_MAX_COLOURED = 10_000
"""Characters of a cell's code that are coloured: each can become an element."""
_HIGHLIGHTED = set("bash console ipython ipython3 json py pycon python python3 sh".split())
"""Languages whose code is coloured: some of the 500 others take time that grows with the square of the code."""

TABLES = "<style>.text_cell_render :is(th, td) { border: 1px solid #ddd; padding: 0.2em 0.6em }</style>"
"""For a page's head: nbgrader's style has neither space nor lines between the columns of an answer's table."""


class _Opened(HTMLParser):
    """Counts the elements that a browser adds to a text: formatting that is not closed in its block is opened again
    in each block that follows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.again = 0
        self._open: list[str] = []
        self._formatting = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.again += self._formatting
        if tag not in _VOID:
            self._open.append(tag)
            self._formatting += tag in _FORMATTING

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # in HTML, `<b/>` opens

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._formatting -= self._open.pop() in _FORMATTING


def clean_html(text: str) -> str:
    """HTML without anything that runs, is fetched, covers the page, or looks like a part of it.

    Raises:
        ValueError: a browser would make a page many times as long from it.
    """
    opened = _Opened()
    opened.feed(text)
    if opened.again > 1000 + len(text) / 2:
        raise ValueError("formatting that is never closed")
    cleaned = nh3.clean(
        text,
        tags=_TAGS,
        clean_content_tags=_NOTHING,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        link_rel=None,
        set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties=_STYLES,
    )
    return _harmless_math(visible(cleaned))


def _clean_output(text: str) -> str:
    try:
        return clean_html(text)
    except ValueError:
        return f"<pre>{html.escape(visible(text))}</pre>"


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        kept = [word for word in value.split() if word in _CLASSES or word.startswith("language-")]
        return " ".join(kept) or None
    if name == "src":
        return value if _DATA_URL.fullmatch(value) or _FILE_NEXT_TO_IT.fullmatch(value) else None
    if name == "href":
        return value if re.match(r"(?:https?://|mailto:|#)", value, re.IGNORECASE) else None
    if name == "style" and re.search(r"url|expression|\\|margin\s*:\s*-|/\*", value, re.IGNORECASE):
        return None
    return value


def _harmless_math(text: str) -> str:
    """Formulas are typeset by MathJax: commands that make links, styles and ids become words."""
    links: list[str] = []

    def keep(match: re.Match[str]) -> str:
        links.append(match[0])
        return f"\ue000{len(links) - 1}\ue001"

    text = _WEB_LINK.sub(keep, text.replace("\ue000", "").replace("\ue001", ""))
    text = _UNSAFE_MATH.sub(r"\\mathrm{\1}", text)
    return re.sub("\ue000(\\d+)\ue001", lambda match: links[int(match[1])], text)


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, with a limit on what links and pictures add to the page.

    A reference is a few characters long, and each puts its whole address, title and picture into the page. The limit
    grows with the cell's text and pictures, so that many cells together cannot exceed what one cell may not.
    """

    def __init__(self, source: str, attachments: Mapping[str, Mapping[str, str]]) -> None:
        attached = {name: dict(forms) for name, forms in attachments.items() if forms}
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attached)
        own = len(source) + sum(len(data) for forms in attached.values() for data in forms.values())
        self._coloured = _MAX_COLOURED
        self._room = min(2 * MAX_PICTURE_BYTES, 100_000 + 10 * own)

    def _take(self, text: str | None) -> None:
        self._room -= len(text or "")
        if self._room < 0:
            raise ValueError("more pictures and links than a page can show")

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (info or "").split(maxsplit=1)[:1]
        if language:
            self._coloured -= len(code)
        if language and (language[0] not in _HIGHLIGHTED or self._coloured < 0):
            return HTMLRenderer.block_code(self, code, info)
        return super().block_code(code, info)

    def _embed_image_or_attachment(self, src: str) -> str:
        """Shows a missing attachment as an empty picture instead of failing."""
        kind, _, name = src.partition(":")
        if kind == "attachment" and name not in self.attachments:
            name = unquote(name)  # Markdown writes `ü` as `%C3%BC`
            src = f"attachment:{name}" if name in self.attachments else "data:image/png;base64,"
        embedded = super()._embed_image_or_attachment(src)
        self._take(embedded)
        return embedded

    def image(self, text: str, url: str, title: str | None = None) -> str:
        self._take(title)
        return super().image(text, url, title)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        self._take(url)
        self._take(title)
        return super().link(text, url, title)


def _takes_too_long(source: str) -> bool:
    """Whether a cell is so long, or opens so many formulas, that rendering it could stop the class."""
    opened = len(_OPENED.findall(source))
    return (
        opened > _MAX_OPENED
        or opened * len(source) > _MAX_OPENED * _MAX_TEXT
        or _length(source) > _MAX_TEXT
        or _BLANKS.search(source) is not None
    )


def _length(source: str) -> int:
    """Characters, without those of pictures in the text."""
    return len(_PICTURE_IN_TEXT.sub("", source))


def _rendered(source: str, attachments: Mapping[str, Mapping[str, str]]) -> str:
    """The Markdown as nbconvert renders it.

    Raises:
        ValueError: it would take too long. mistune, nbconvert and Pygments each raise errors of their own.
    """
    if _takes_too_long(source):
        raise ValueError("too long, or too many formulas")
    renderer = _Renderer(source, attachments)
    return MarkdownWithMath(renderer=renderer).render(_in_tags(source, renderer))


def _in_tags(source: str, renderer: _Renderer) -> str:
    """The source with attached pictures also in HTML tags: nbconvert only puts them where Markdown does."""
    return _ATTACHED_IN_TAG.sub(lambda tag: tag[1] + renderer._embed_image_or_attachment(tag[2]), source)


def safe_html(source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """A cell's Markdown as HTML that may be shown. What cannot be rendered is shown as plain text."""
    try:
        return clean_html(_rendered(source, _safe_attachments(attachments or {})))
    except Exception:  # see _rendered
        return f"<pre>{html.escape(visible(source))}</pre>"


def _safe_attachments(attachments: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    safe = {}
    for name, forms in attachments.items():
        pictures = {kind: data for kind, data in forms.items() if kind in _PICTURES and _is_base64(data)}
        if pictures:
            safe[name] = pictures
    return safe


def _is_base64(data: Any) -> bool:
    try:
        base64.b64decode("".join(data.split()), validate=True)
    except (AttributeError, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _safe_without_attachments(source: str) -> str:
    """Cached: most cells are the released ones, the same in every submission of a class."""
    return safe_markdown(source, {})


def safe_markdown(source: str, attachments: Mapping[str, Mapping[str, str]]) -> str:
    """The source itself, if cleaning removes nothing from its rendered form; otherwise the cleaned HTML, as
    Markdown."""
    try:
        rendered = _rendered(source, attachments)
        cleaned = clean_html(rendered)
    except Exception:  # see _rendered
        return fenced(source)
    if len(_UNENDED.findall(rendered)) <= _MAX_UNENDED and _same(rendered, cleaned):
        return source
    # in one line, with Markdown's special characters as references, which a browser shows as characters
    written = cleaned.strip().translate({ord(c): f"&#{ord(c)};" for c in "\n\r\\`*_$[]"})
    again = f"<div>{written}</div>"
    shown = not _takes_too_long(again) and _same(_rendered(again, {}), f"<div>{cleaned.strip()}</div>")
    return again if shown else fenced(source)


def _same(one: str, other: str) -> bool:
    return _tree(one) == _tree(other)


def _tree(text: str) -> list[object]:
    """The elements with their attributes, and the text between them."""
    parts = _Parts()
    parts.feed(text)
    parts.close()
    parts.end_text()
    return parts.found


class _Parts(HTMLParser):
    """Collects what `_tree` compares. A tree of a large table takes BeautifulSoup seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []
        self._text: list[str] = []

    def end_text(self) -> None:
        words = " ".join("".join(self._text).split())
        self.found += [words] if words else []
        self._text.clear()

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.end_text()
        self.found.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.end_text()

    def handle_comment(self, data: str) -> None:
        self.end_text()
        self.found.append(None)

    handle_decl = handle_pi = unknown_decl = handle_comment


def safe_cells(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """The cells of a submission, each as `safe_cell` makes it; text past a limit is shown as plain text."""
    left, safe = _MAX_NOTEBOOK, []
    for cell in cells:
        left -= _length(cell.source) if cell.cell_type == "markdown" else 0
        if cell.cell_type == "markdown" and left < 0:
            cell.source = fenced(cell.source)
        safe.append(safe_cell(cell))
    return safe


def safe_cell(cell: NotebookNode) -> NotebookNode:
    """A cell of a submission, for autograded/, with safe Markdown and with attachments that really are pictures."""
    if cell.cell_type == "raw" and "nbgrader" not in cell.metadata:  # nbconvert would show it as HTML
        cell.cell_type, cell.source = "markdown", fenced(cell.source)
        cell.metadata.pop("raw_mimetype", None)
    elif cell.cell_type == "markdown":
        if "attachments" in cell:
            cell.attachments = _safe_attachments(cell.attachments)
        attachments = cell.get("attachments")
        cell.source = (
            safe_markdown(cell.source, attachments) if attachments else _safe_without_attachments(cell.source)
        )
    return cell


@pass_context
def markdown_as_html(context: Mapping[str, Any], source: str) -> str:
    """Replaces nbconvert's filter `markdown2html` in formgrader and the feedback; comments go through it, too."""
    return safe_html(source, context.get("cell", {}).get("attachments", {}))


class SafeMarkup(Preprocessor):
    """Cleans names, raw cells and outputs for nbconvert's HTML of a submission. Markdown is cleaned when it is
    rendered."""

    enabled = True
    _shown = ("text/html", "image/png", "image/jpeg", "text/plain")

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        for name in ("student", "last_name", "first_name"):
            if isinstance(resources.get(name), str):
                resources[name] = html.escape(visible(resources[name]))
        nb.metadata.pop("widgets", None)
        for cell in nb.cells:
            if cell.cell_type == "raw":
                cell.source = f"<pre>{html.escape(visible(cell.source))}</pre>"
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                for kind in [kind for kind in data if kind not in self._shown]:
                    del data[kind]
                if "text/html" in data:
                    data["text/html"] = _clean_output(data["text/html"])
                for kind in ("image/png", "image/jpeg"):
                    if kind in data and not _is_base64(data[kind]):
                        del data[kind]
        return nb, resources


class FeedbackExporter(HTMLExporter):
    """Feedback as HTML with a policy of its own: a browser may typeset formulas, and nothing else."""

    _POLICY = (
        "default-src 'none'; img-src data: 'self' file:; style-src 'unsafe-inline' https://cdnjs.cloudflare.com; "
        "font-src https://cdnjs.cloudflare.com; base-uri 'none'; form-action 'none'; "
        "script-src 'unsafe-eval' https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
    )

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **kw: Any
    ) -> tuple[str, dict]:
        page, resources = super().from_notebook_node(nb, resources, **kw)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{self._POLICY}"/>'
        return page.replace("<head>", f"<head>\n{policy}\n{TABLES}", 1), resources
