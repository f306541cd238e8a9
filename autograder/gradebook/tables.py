"""Tables as systems and spreadsheets write them: CSV in whatever encoding and with whatever delimiter, and XLSX."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.grading.safe_text import for_csv

_MAX_BYTES = 50 * 2**20
_XLSX = b"PK\x03\x04"
_DELIMITERS = ",;\t"
_TITLES = 10
"""How many lines may be titles, without a delimiter."""
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class TableRefused(Exception):
    """The file is not a table that can be read; one sentence with the fix."""


@dataclass(frozen=True)
class Table:
    """Rows of cells; `lines` has the line number at which each row ends. Empty rows are left out."""

    rows: list[list[str]]
    lines: list[int]
    delimiter: str = ","
    encoding: str = "utf-8"
    is_workbook: bool = False

    @property
    def head(self) -> list[str]:
        return self.rows[0] if self.rows else []

    def with_rows(self, rows: list[list[str]]) -> Table:
        """The same kind of file with other rows."""
        return replace(self, rows=rows, lines=list(range(1, len(rows) + 1)))

    def to_bytes(self) -> bytes:
        """The file, with no cell that a spreadsheet takes for a formula."""
        if self.is_workbook:
            return _as_workbook(self.rows)
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=self.delimiter, lineterminator="\n")
        writer.writerows([for_csv(cell) for cell in row] for row in self.rows)
        return stream.getvalue().encode(self.encoding)


def read_table(file: Path) -> Table:
    """Raises TableRefused."""
    with file.open("rb") as stream:
        content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise TableRefused(
            f"{file.name} is larger than {_MAX_BYTES >> 20} MiB: check that it is the right file"
        )
    if content.startswith(_XLSX):
        return _read_workbook(content, file.name)
    if content.startswith(_OLD_EXCEL):
        raise TableRefused(f"{file.name} is in Excel's old form (.xls): save it as .xlsx or CSV (UTF-8)")
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise TableRefused(f"{file.name} is not text in UTF-8: save it as CSV (UTF-8)") from None
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().strip('"').lower().startswith("sep="):  # Excel's own hint
        text, skipped = rest, 1
    delimiter = _delimiter(text)
    rows, lines = [], []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num + skipped)
    except csv.Error as error:
        raise TableRefused(f"{file.name} is not a CSV file ({error}): save it as CSV (UTF-8)") from None
    if encoding == "utf-8-sig" and not content.startswith(codecs.BOM_UTF8):
        encoding = "utf-8"
    return Table(rows, lines, delimiter, "utf-16" if encoding.startswith("utf-16") else encoding)


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:200]
    if start.count(0) > len(start) // 4:  # in UTF-16, every other byte of Latin text is 0
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    return "utf-8-sig"


def _delimiter(text: str) -> str:
    """The delimiter that splits the first line with several cells into the most, not counting quoted text."""
    for line in text.splitlines()[:_TITLES]:
        outside = "".join(line.split('"')[::2])
        if any(one in outside for one in _DELIMITERS):
            return max(_DELIMITERS, key=outside.count)
    return _DELIMITERS[0]


def _read_workbook(content: bytes, name: str) -> Table:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [[_as_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except Exception as error:  # zipfile's, ElementTree's and its own: depending on the damage
        raise TableRefused(
            f"{name} cannot be read ({error or type(error).__name__}): save it as CSV (UTF-8)"
        ) from None
    kept = [(number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    return Table([row for _, row in kept], [number for number, _ in kept], is_workbook=True)


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _as_workbook(rows: Iterable[Iterable[str]]) -> bytes:
    """Marks are numbers, so that a spreadsheet can add them; ids and names stay text, even 007."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column, float(text) if _is_number(text) else for_csv(text))
            if not _is_number(text):
                cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _is_number(text: str) -> bool:
    try:
        return f"{float(text):.10g}" == text
    except ValueError:
        return False
