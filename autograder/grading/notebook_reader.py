"""A notebook file as a student submitted it -> its cells, whatever editor, encoding or accident shaped the file.

Plain JSON, neither nbformat nor Jupyter. Outputs, execution counts and tags are dropped here: only the text of the
cells counts, and the mark that says which cell it is.
"""

from __future__ import annotations

import codecs
import contextlib
import gzip
import hashlib
import io
import itertools
import json
import re
import stat
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.grading import damaged_json, file_kinds
from autograder.grading.assignment import Refusal

MAX_SOURCE_BYTES = 2_000_000
"""Text of all cells together, ten times that of the longest honest notebook; anything larger has pasted data in it."""
MAX_PICTURE_BYTES = 50_000_000
"""Pictures of all written answers together: about fifteen photographs. Each is kept three times, for formgrader too."""
MAX_CELLS = 5_000
"""Matching takes time for each cell; the longest honest notebook has a few hundred."""
MAX_FILE_BYTES = 400_000_000
"""The whole file, outputs included: parsing needs several times as much memory."""

MAX_MEMBERS = 10_000
"""Files of a tar archive: a student's folder with its data has a few hundred."""
MAX_HEADERS = 100
"""Headers of a tar archive that hold for all files after them: each file gets a copy."""
MAX_CONTENTS_BYTES = 8 * 2**20
"""A zip archive's table of contents: some 80,000 files. Zip64 is for still larger ones."""
_END_OF_ZIP, _ZIP64 = b"PK\x05\x06", b"PK\x06\x07"
_LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Where nbformat splits, as `str.splitlines` does."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, because its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

LIBRARIES = frozenset({"site-packages", "node_modules"})
"""Folders of installed packages: notebooks there are not the student's."""
_ENVIRONMENTS = frozenset({"venv", "env"})

MAX_DAMAGED_BYTES = 1_000
"""A file in UTF-8 with more is taken for one in another encoding."""
MIN_CHINESE = 4
"""The fewest Chinese characters by which GB18030 is recognised."""
_GB18030 = re.compile(
    rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]"  # such as a minus sign
    rb"|[\x81-\xfe][\x80-\xfe]"  # nearly all Chinese characters
    rb"|[\x80-\xff]"  # something else
)
_WINDOWS_1252 = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
"""Character of each byte; Latin-1's for the five bytes that Windows-1252 lacks."""
_CHUNK = 2**20

_PASTED = re.compile(r"data:([A-Za-z0-9.+-]{1,80}/[A-Za-z0-9.+-]{1,80});base64,([A-Za-z0-9+/=]{1000,})")
"""A picture in the text itself, as Colab writes what is pasted into a text cell; or any other file."""
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
"""The kinds of pictures that formgrader and feedback show (gradebook/markup.py)."""
MAX_PASTED = 10_000
"""Characters of a file pasted into a text that stays there even if the notebook has too much text."""


class UnreadableSubmission(Refusal):
    """The file cannot be graded at all. The message is one sentence that names the file and the fix."""


@dataclass(frozen=True)
class RawCell:
    kind: str  # "code", "markdown" or "raw"
    source: str
    mark: Any = None  # what the file has under metadata.nbgrader, untrusted
    id: str | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class RawNotebook:
    cells: tuple[RawCell, ...]
    kernel: str | None
    repairs: tuple[str, ...]


def read_notebook(source: Path | bytes, name: str, assignment: str = "") -> RawNotebook:
    """Read a notebook; `name` is what messages call the file. Raises UnreadableSubmission.

    Of several notebooks in an archive, the one named after the assignment is read.
    """
    repairs: list[str] = []
    notebook = read_json(source, name, repairs, assignment)
    cells = _cells_of(notebook, name, repairs)
    if sum(len(cell.source) for cell in cells) > MAX_SOURCE_BYTES:
        cells = _without_pasted_files(cells, repairs)
    lengths = [len(cell.source) for cell in cells]
    if sum(lengths) > MAX_SOURCE_BYTES:
        megabytes, longest = MAX_SOURCE_BYTES // 1_000_000, lengths.index(max(lengths)) + 1
        raise UnreadableSubmission(
            f"{name} holds more than {megabytes} MB of text in its cells, most in cell {longest} of {len(cells)}: "
            "take pasted data out and submit it again"
        )
    cells = _with_fewer_pictures(cells, repairs)
    return RawNotebook(tuple(cells), _kernel_of(notebook), tuple(repairs))


def read_json(source: Path | bytes, name: str, repairs: list[str], assignment: str = "") -> dict[str, Any]:
    """The notebook as it is in the file, outputs included; adds to `repairs`. Raises UnreadableSubmission."""
    data = source if isinstance(source, bytes) else _read_file(source, name)
    data = _unpacked(data, name, repairs, assignment)
    return _parse(_decode(data, name, repairs), name, repairs)


def _read_file(path: Path, name: str) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableSubmission(f"{name} is a folder: submit the notebook file itself")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSubmission(f"{name} is not an ordinary file: submit the notebook file itself")
        if status.st_size > MAX_FILE_BYTES:
            raise _too_large(name)
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableSubmission(f"{name} does not exist: submit the notebook under this name") from None
    except OSError as error:
        raise UnreadableSubmission(
            f"{name} cannot be opened ({error.strerror}): change its permissions"
        ) from None


def _too_large(name: str) -> UnreadableSubmission:
    megabytes = MAX_FILE_BYTES // 1_000_000
    return UnreadableSubmission(
        f"{name} is larger than {megabytes} MB: clear its outputs and submit it again"
    )


def _other(name: str, kind_and_fix: tuple[str, str]) -> UnreadableSubmission:
    kind, fix = kind_and_fix
    return UnreadableSubmission(f"{name} is {kind}, not a notebook: {fix}")


def _unpacked(data: bytes, name: str, repairs: list[str], assignment: str) -> bytes:
    """The one notebook in an archive; anything else as it is."""
    try:
        if data.startswith(b"\x1f\x8b"):
            data = _limited(gzip.GzipFile(fileobj=io.BytesIO(data)).read, name)
            repairs.append("file was compressed: read from the gzip archive")
        if data.startswith(b"PK\x03\x04"):
            return _only_notebook(_in_zip(data, name), name, repairs, assignment)
        if data[257:262] == b"ustar":
            return _only_notebook(_in_tar(data, name), name, repairs, assignment)
    except UnreadableSubmission:
        raise
    except Exception as error:  # the libraries raise many kinds of errors for damaged archives
        what = "locked with a password" if "password" in str(error) else "damaged"
        raise UnreadableSubmission(
            f"{name} is an archive that is {what}: submit the .ipynb file itself"
        ) from None
    return data


def _in_zip(data: bytes, name: str) -> dict[str, Callable[[], bytes]]:
    end = data.rfind(_END_OF_ZIP)
    is_zip64 = data[max(end - 20, 0) : end].startswith(_ZIP64)
    if is_zip64 or end >= 0 and int.from_bytes(data[end + 12 : end + 16], "little") > MAX_CONTENTS_BYTES:
        raise _too_many_files(name)
    archive = zipfile.ZipFile(io.BytesIO(data))
    kind = file_kinds.kind_of_zip(archive.namelist())
    if kind is not None and not any(map(_is_notebook, archive.namelist())):  # students pack their data, too
        raise _other(name, (kind, file_kinds.SUBMIT_THE_NOTEBOOK))

    def unpack(file: str) -> bytes:
        if archive.getinfo(file).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # zipfile decompresses other methods without a limit: 1 kB of bzip2 may become gigabytes
            raise UnreadableSubmission(f"{name} is packed in an unusual way: submit the .ipynb file itself")
        return _limited(archive.open(file).read, name)

    return {file: partial(unpack, file) for file in archive.namelist()}


def _in_tar(data: bytes, name: str) -> dict[str, Callable[[], bytes]]:
    archive = tarfile.open(fileobj=io.BytesIO(data))  # noqa: SIM115 (closed with the bytes)
    files = {}
    for number, one in enumerate(archive, start=1):
        if number > MAX_MEMBERS or len(archive.pax_headers) > MAX_HEADERS:
            raise _too_many_files(name)
        if one.isfile():
            files[one.name] = lambda one=one: _limited(archive.extractfile(one).read, name)
    return files


def _too_many_files(name: str) -> UnreadableSubmission:
    return UnreadableSubmission(f"{name} is an archive of too many files: submit the .ipynb file itself")


def _limited(read: Callable[[int], bytes], name: str) -> bytes:
    """What `read` returns, unless a few bytes of an archive expand to more than a notebook may have."""
    data = read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(name)
    return data


def _only_notebook(
    files: dict[str, Callable[[], bytes]], name: str, repairs: list[str], assignment: str
) -> bytes:
    found = {
        PurePosixPath(file.replace("\\", "/")): read for file, read in files.items() if _is_notebook(file)
    }
    notebooks = {path: read for path, read in found.items() if not _is_of_a_program(path)}
    # a beginner may work in the folder of the environment itself
    outside = {path: read for path, read in notebooks.items() if not _ENVIRONMENTS & set(path.parts)}
    notebooks = outside or notebooks
    named = [read for path, read in notebooks.items() if path.stem.lower() == assignment.lower()]
    if len(notebooks) == 1:
        repairs.append("notebook was read from the archive that was submitted")
        return next(iter(notebooks.values()))()
    if len(named) == 1:
        repairs.append(
            f"{assignment}.ipynb was read, of {len(notebooks)} notebooks in the archive that was submitted"
        )
        return named[0]()
    count = f"{len(notebooks)} notebooks" if notebooks else "no notebook"
    raise UnreadableSubmission(
        f"{name} is a zip or tar archive with {count} in it: submit the .ipynb file itself"
    )


def _is_notebook(file: str) -> bool:
    return file.lower().endswith(".ipynb")


def _is_of_a_program(path: PurePosixPath) -> bool:
    """Whether it is a checkpoint, what a Mac puts next to a file, or an example in a library."""
    return any(part.startswith((".", "__MACOSX")) or part in LIBRARIES for part in path.parts)


def _decode(data: bytes, name: str, repairs: list[str]) -> str:
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableSubmission(
            f"{name} is empty: download it again from where you worked, and check its size before you submit it"
        )
    known = file_kinds.kind_of(data)
    if known is not None:
        raise _other(name, known)
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if encoding is None:
        encoding = _unmarked_utf16(data) or "utf-8"
    try:
        text = data.decode(encoding)
        if encoding == "utf-8-sig":
            repairs.append("byte order mark taken off the file")
        elif encoding != "utf-8":
            repairs.append(f"file was saved as {encoding.upper()[:6]}, not UTF-8")
        return text.replace("\r\n", "\n")
    except UnicodeDecodeError:
        pass
    if b"\x00" in data.rstrip(b"\x00"):
        raise UnreadableSubmission(f"{name} is a binary file, not a notebook: submit the .ipynb file itself")
    return _decoded_at_best(data, repairs).replace("\r\n", "\n")


def _decoded_at_best(data: bytes, repairs: list[str]) -> str:
    """The text of a file that is not UTF-8 throughout."""
    damaged = _damaged_bytes(data)
    if damaged is not None:
        repairs.append(f"{damaged} damaged byte{'s' if damaged > 1 else ''} in the file: read as \ufffd")
        return data.decode("utf-8", "replace")
    if _is_chinese(data):
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode("gb18030")
            repairs.append("file was not saved as UTF-8: read as GB18030")
            return text
    repairs.append("file was not saved as UTF-8: read as Latin-1 (Windows-1252)")
    return codecs.charmap_decode(data, "strict", _WINDOWS_1252)[0]


def _damaged_bytes(data: bytes) -> int | None:
    """How many bytes of a UTF-8 file are damaged; None if the file is in another encoding.

    In any other encoding, hardly a character beyond ASCII is valid UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    beyond_ascii = damaged = 0
    for start in range(0, len(data), _CHUNK):  # each damaged byte takes time
        part = data[start : start + _CHUNK]
        text = decoder.decode(part, final=start + _CHUNK >= len(data))
        beyond_ascii += len(text) - len(text.encode("ascii", "ignore"))
        damaged += text.count("\ufffd")
        if damaged > MAX_DAMAGED_BYTES:
            return None
    damaged -= data.count("\ufffd".encode())
    return damaged if damaged <= beyond_ascii / 2 else None


def _is_chinese(data: bytes) -> bool:
    """Whether the bytes beyond ASCII come in pairs, as Chinese characters do in GB18030; Western letters are alone.

    Many a Western text is also valid GB18030, so its validity proves nothing.
    """
    characters = itertools.islice(_GB18030.finditer(data, 0, 10_000_000), 10_000)
    lengths = Counter(len(character[0]) for character in characters)
    return lengths[2] >= max(MIN_CHINESE, 9 * lengths[1])


def _unmarked_utf16(data: bytes) -> str | None:
    """JSON begins with an ASCII character, so its first two bytes tell UTF-16 from UTF-8."""
    if len(data) >= 2 and data[0] and not data[1]:
        return "utf-16-le"
    if len(data) >= 2 and not data[0] and data[1]:
        return "utf-16-be"
    return None


def _parse(text: str, name: str, repairs: list[str]) -> dict[str, Any]:
    try:
        line = damaged_json.conflict(text)
        notebook = damaged_json.load(text, repairs) if line is None else _merged(text, line, name, repairs)
    except json.JSONDecodeError as error:
        raise _damaged(text, error, name) from None
    except RecursionError:
        raise UnreadableSubmission(
            f"{name} is nested too deeply to be a notebook: submit the .ipynb file"
        ) from None
    except ValueError:  # a number of more digits than Python converts
        raise UnreadableSubmission(
            f"{name} holds a number that cannot be read: submit the .ipynb file"
        ) from None
    if not isinstance(notebook, dict) or "doc_id" in notebook:
        raise _other(name, file_kinds.kind_of_json(notebook))
    return notebook


def _merged(text: str, line: int, name: str, repairs: list[str]) -> dict[str, Any]:
    """The notebook from a file with merge conflicts, if both sides have the same cells."""
    with contextlib.suppress(ValueError, UnreadableSubmission):
        ours, theirs = (damaged_json.load(side, []) for side in damaged_json.sides(text))
        if isinstance(ours, dict) and isinstance(theirs, dict):
            first, second = (_cells_of(notebook, name, []) for notebook in (ours, theirs))
            if [(cell.kind, cell.source) for cell in first] == [(cell.kind, cell.source) for cell in second]:
                repairs.append(f"merge conflict in line {line} left out: both sides have the same cells")
                return ours
    raise UnreadableSubmission(
        f"{name} holds a merge conflict in line {line}: open it in a text editor, keep one side of each conflict, "
        "delete the lines that begin with <<<<<<<, ======= and >>>>>>>, and submit it again"
    )


def _damaged(text: str, error: json.JSONDecodeError, name: str) -> UnreadableSubmission:
    known = file_kinds.kind_of_text(text)
    if known is not None:
        return _other(name, known)
    if error.msg.startswith("Unterminated string") or not text[error.pos :].strip():
        return UnreadableSubmission(
            f"{name} breaks off in line {error.lineno}: download it again from where you worked, and submit that file"
        )
    return UnreadableSubmission(
        f"{name} is a damaged notebook ({error.msg}: line {error.lineno}, column {error.colno}): download it again "
        "from where you worked, or take the last copy from the folder .ipynb_checkpoints next to it"
    )


def _cells_of(notebook: dict[str, Any], name: str, repairs: list[str]) -> list[RawCell]:
    entries = notebook.get("cells")
    if entries is None and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        entries = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
        repairs.append("notebook was in an old format: read as format 4")
    if not isinstance(entries, list):
        raise UnreadableSubmission(
            f"{name} is JSON without a list of cells, not a notebook: submit the .ipynb file that you worked in"
        )
    if len(entries) > MAX_CELLS:
        raise UnreadableSubmission(
            f"{name} holds {len(entries):,} cells, and {MAX_CELLS:,} are read: delete empty ones and submit it again"
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
    source = _source_of(entry.get("source", entry.get("input")), repairs)
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
    pictures: dict[str, dict[str, str]] = {}
    if kind == "markdown":
        clean, pasted = pictures_apart(clean)
        shown = {name: forms for name, forms in pasted.items() if not forms.keys().isdisjoint(_SHOWN)}
        sentence = "pasted pictures left out that are not PNG, JPEG, GIF, WebP or SVG"
        if len(shown) < len(pasted) and sentence not in repairs:
            repairs.append(sentence)
        pictures = _pictures(entry.get("attachments")) | shown
    return RawCell(
        kind=kind,
        source=clean,
        mark=metadata.get("nbgrader") if isinstance(metadata, dict) else None,
        id=cell_id if isinstance(cell_id, str) else None,
        attachments=pictures,
    )


def pictures_apart(source: str) -> tuple[str, dict[str, dict[str, str]]]:
    """The Markdown with its pasted pictures turned into attachments, and these attachments. The answer then has the
    length of its text. Other files are treated alike."""
    pictures = {}

    def attach(match: re.Match[str]) -> str:
        kind, data = match[1].lower().replace("image/jpg", "image/jpeg"), match[2]
        if len(data) % 4:  # cut off: not a picture
            return match[0]
        ending = kind.split("/")[1].removesuffix("+xml")
        name = f"pasted-{hashlib.sha256(data.encode()).hexdigest()[:12]}.{ending}"
        pictures[name] = {kind: data}
        return f"attachment:{name}"

    return _PASTED.sub(attach, source), pictures


def _without_pasted_files(cells: list[RawCell], repairs: list[str]) -> list[RawCell]:
    """The cells without the large files pasted into their text, which are mostly pictures in a cell that shows them.

    This may change what a cell computes: only for a notebook that would be refused otherwise.
    """
    count = 0

    def shorten(match: re.Match[str]) -> str:
        nonlocal count
        if len(match[2]) <= MAX_PASTED:
            return match[0]
        count += 1
        return match[0].removesuffix(match[2])

    shorter = [replace(cell, source=_PASTED.sub(shorten, cell.source)) for cell in cells]
    if count:
        files = "1 pasted picture or file" if count == 1 else f"{count} pasted pictures or files"
        repairs.append(f"{files} taken out of the cells' text: the notebook had too much text")
    return shorter


def _with_fewer_pictures(cells: list[RawCell], repairs: list[str]) -> list[RawCell]:
    """The cells with as many of their pictures as there is room for, counted from the top."""
    kept, size, left_out = [], 0, 0
    for cell in cells:
        pictures = {}
        for name, forms in cell.attachments.items():
            size += sum(map(len, forms.values()))
            if size <= MAX_PICTURE_BYTES:
                pictures[name] = forms
        left_out += len(cell.attachments) - len(pictures)
        kept.append(replace(cell, attachments=pictures))
    if left_out:
        megabytes = MAX_PICTURE_BYTES // 1_000_000
        pictures = f"{left_out} picture{'s' if left_out > 1 else ''}"
        repairs.append(f"{pictures} left out: all pictures of a notebook together may have {megabytes} MB")
    return kept


def _source_of(value: Any, repairs: list[str]) -> str:
    """A cell's text. Jupyter keeps the line ends in a list of lines; some tools write the lines without them, and VS
    Code puts them back when it opens the file."""
    lines = [line for line in value if isinstance(line, str)] if isinstance(value, list) else []
    if len(lines) < 2 or any(_ends_a_line(line) for line in lines[:-1]):
        return _text(value)
    sentence = "line ends put back between the lines of cells: the file had none there"
    if sentence not in repairs:
        repairs.append(sentence)
    return "\n".join(lines)


def _ends_a_line(text: str) -> bool:
    return text[-1:] in _LINE_ENDS and text != ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return ""


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """The well-formed pictures pasted into a written answer."""
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
