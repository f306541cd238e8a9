"""A notebook file as a student handed it in -> its cells, whatever editor, encoding or accident shaped the file.

Plain JSON, neither nbformat nor Jupyter. Outputs, execution counts and tags are dropped here: nothing of a student's
counts but the text of the cells and the mark that says which cell it is.
"""

from __future__ import annotations

import codecs
import json
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_SOURCE_BYTES = 2_000_000
"""Text of all cells together, ten times that of the longest honest notebook: what is larger holds pasted data."""
MAX_FILE_BYTES = 400_000_000
"""The whole file, outputs included: parsing needs several times as much memory."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive (or a Word file)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
)


class UnreadableSubmission(Exception):
    """The file cannot be graded at all. One sentence that names the file and the mend."""


@dataclass(frozen=True)
class RawCell:
    kind: str  # "code", "markdown" or "raw"
    source: str
    mark: Any = None  # what stood under metadata.nbgrader, untrusted
    id: str | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class RawNotebook:
    cells: tuple[RawCell, ...]
    kernel: str | None
    repairs: tuple[str, ...]


def read_notebook(source: Path | bytes, name: str) -> RawNotebook:
    """Read a notebook; `name` is what messages call the file. Raises UnreadableSubmission."""
    repairs: list[str] = []
    notebook = read_json(source, name, repairs)
    cells = _cells_of(notebook, name, repairs)
    if sum(len(cell.source) for cell in cells) > MAX_SOURCE_BYTES:
        megabytes = MAX_SOURCE_BYTES // 1_000_000
        raise UnreadableSubmission(
            f"{name} holds more than {megabytes} MB of text in its cells: take pasted data out and hand it in again"
        )
    return RawNotebook(tuple(cells), _kernel_of(notebook), tuple(repairs))


def read_json(source: Path | bytes, name: str, repairs: list[str]) -> dict[str, Any]:
    """The notebook as it stands in the file, outputs and all; adds to `repairs`. Raises UnreadableSubmission."""
    data = source if isinstance(source, bytes) else _read_file(source, name)
    return _parse(_decode(data, name, repairs), name)


def _read_file(path: Path, name: str) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableSubmission(f"{name} is a folder: hand in the notebook file itself")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSubmission(f"{name} is not an ordinary file: hand in the notebook file itself")
        if status.st_size > MAX_FILE_BYTES:
            raise UnreadableSubmission(
                f"{name} is larger than {MAX_FILE_BYTES // 1_000_000} MB: clear its outputs and hand it in again"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableSubmission(f"{name} does not exist: hand in the notebook under this name") from None
    except OSError as error:
        raise UnreadableSubmission(
            f"{name} cannot be opened ({error.strerror}): put its permissions right"
        ) from None


def _decode(data: bytes, name: str, repairs: list[str]) -> str:
    if not data.strip():
        raise UnreadableSubmission(f"{name} is empty: save the notebook and hand it in again")
    for start, kind in _OTHER_FILES:
        if data.startswith(start):
            raise UnreadableSubmission(f"{name} is {kind}, not a notebook: hand in the .ipynb file")
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if encoding is None:
        encoding = _unmarked_utf16(data) or "utf-8"
    try:
        text = data.decode(encoding)
        if encoding == "utf-8-sig":
            repairs.append("byte order mark taken off the file")
        elif encoding != "utf-8":
            repairs.append(f"file was saved as {encoding.upper()[:6]}, not UTF-8")
        return text
    except UnicodeDecodeError:
        pass
    if b"\x00" in data:
        raise UnreadableSubmission(f"{name} is a binary file, not a notebook: hand in the .ipynb file")
    repairs.append("file was not saved as UTF-8: read as Latin-1")
    return data.decode("latin-1")


def _unmarked_utf16(data: bytes) -> str | None:
    """JSON begins with an ASCII character, so its first two bytes tell UTF-16 from UTF-8."""
    if len(data) >= 2 and data[0] and not data[1]:
        return "utf-16-le"
    if len(data) >= 2 and not data[0] and data[1]:
        return "utf-16-be"
    return None


def _parse(text: str, name: str) -> dict[str, Any]:
    if text.lstrip()[:1] == "<":
        raise UnreadableSubmission(
            f"{name} is a web page, not a notebook: download the .ipynb file and hand that in"
        )
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        if text.lstrip()[:1] == "{" and _is_cut_off(text, error):
            raise UnreadableSubmission(
                f"{name} breaks off in line {error.lineno}: save the notebook and hand it in again"
            ) from None
        raise UnreadableSubmission(
            f"{name} is not a notebook (no JSON in line {error.lineno}, column {error.colno}): "
            "open it in Jupyter, save it, and hand it in again"
        ) from None
    except RecursionError:
        raise UnreadableSubmission(
            f"{name} is nested too deeply to be a notebook: hand in the .ipynb file"
        ) from None
    except ValueError:  # a number of more digits than Python converts
        raise UnreadableSubmission(
            f"{name} holds a number that cannot be read: hand in the .ipynb file"
        ) from None
    if not isinstance(notebook, dict):
        raise UnreadableSubmission(
            f"{name} holds JSON, but not a notebook (a {type(notebook).__name__}): hand in the .ipynb file"
        )
    return notebook


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    return error.msg.startswith("Unterminated string") or not text[error.pos :].strip()


def _cells_of(notebook: dict[str, Any], name: str, repairs: list[str]) -> list[RawCell]:
    entries = notebook.get("cells")
    if entries is None and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        entries = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
        repairs.append("notebook was in an old format: read as format 4")
    if not isinstance(entries, list):
        raise UnreadableSubmission(
            f"{name} has no list of cells: open it in Jupyter, save it, and hand it in again"
        )
    cells = []
    for entry in entries:
        if isinstance(entry, dict):
            cells.append(_cell_of(entry, repairs))
    if len(cells) < len(entries):
        repairs.append(f"{len(entries) - len(cells)} entries that are no cells dropped")
    return cells


def _cell_of(entry: dict[str, Any], repairs: list[str]) -> RawCell:
    metadata = entry.get("metadata")
    cell_id = entry.get("id")
    kind = entry.get("cell_type")
    source = _text(entry.get("source", entry.get("input")))
    if kind == "heading":  # format 3
        kind, source = "markdown", f"# {source}"
    elif kind not in ("code", "markdown", "raw"):
        kind = "code" if "outputs" in entry or "input" in entry else "raw"
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    clean = (
        source.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    )  # half a surrogate pair becomes "?"
    sentence = "characters that no text may hold taken out of a cell"
    if clean != source and sentence not in repairs:
        repairs.append(sentence)
    return RawCell(
        kind=kind,
        source=clean,
        mark=metadata.get("nbgrader") if isinstance(metadata, dict) else None,
        id=cell_id if isinstance(cell_id, str) else None,
        attachments=_pictures(entry.get("attachments")) if kind == "markdown" else {},
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return ""


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """The pictures pasted into a written answer, as far as they are well formed."""
    if not isinstance(attachments, dict):
        return {}
    kept = {}
    for name, forms in attachments.items():
        if isinstance(forms, dict):
            pictures = {mime: _text(data) for mime, data in forms.items() if mime.startswith("image/")}
            if pictures and all(data.isascii() for data in pictures.values()):
                kept[name.encode("utf-8", "replace").decode()] = pictures
    return kept


def _kernel_of(notebook: dict[str, Any]) -> str | None:
    metadata = notebook.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernel.get("name") if isinstance(kernel, dict) else None
    return name if isinstance(name, str) else None
