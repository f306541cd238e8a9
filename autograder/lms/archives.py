"""Reads the download from an LMS, as a stream and within limits: a folder or a zip file, with zip files in it.

The names in the download itself are the LMS's; the names inside a student's zip file are the student's and decide
nothing. Nothing is unpacked under a name from an archive. If something is wrong with a student's file, one sentence
says so, and nobody else is affected.
"""

from __future__ import annotations

import contextlib
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.grading.assignment import Refusal
from autograder.grading.notebook_reader import LIBRARIES
from autograder.grading.safe_text import one_line

MAX_NOTEBOOK = 100 * 2**20
MAX_STUDENT = 200 * 2**20
"""Bytes that one student's files may have, unpacked."""
MAX_DOWNLOAD = 20 * 2**30
"""Bytes that all students' files may have together, unpacked."""
MAX_FILES = 200
"""The most notebooks and zip files of one student that are read."""
MAX_NAMES = 50_000
"""The most files of any kind that one student's zip files may list."""
MAX_DEPTH = 2
"""A zip file that a student uploads may contain others, but those may contain no further ones."""

_DIRECTORY = 8 * 2**20
"""Bytes of a zip file's table of contents: some 80,000 files. Each takes ten times as much memory."""
_CHUNK = 2**20
_NAMES_ARE_UTF8 = 0x800
_MARK = b'"grade_id"'
_ARCHIVES = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_LEFT_OUT = 5
"""How many left-out files of one student are named; the rest are only counted."""


class DownloadRefused(Refusal):
    """The download cannot be used; the message is one sentence that says what to do."""


class _Unusable(Exception):
    """One file is left out; the message is the end of a sentence that begins with its name."""


class TooMuch(Exception):
    """A student's files, or the whole download, are larger than any real submission; the message is one sentence."""


@dataclass(frozen=True)
class Entry:
    """One file of the download, under the name that the LMS gave it. `problem` says why it is not opened."""

    path: str
    open: Callable[[], IO[bytes]]
    modified: datetime | None  # UTC
    problem: str = ""

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix.lower()


@dataclass(frozen=True)
class Loose:
    """A notebook that was found. `path` is its place in the download, in which zip files count as folders."""

    path: str
    file: Path
    modified: datetime | None  # UTC
    cells: int
    """How many cells of the release it has."""


@dataclass
class Budget:
    """How much of the whole download may still be read."""

    bytes: int = MAX_DOWNLOAD


@contextlib.contextmanager
def opened(source: Path) -> Iterator[list[Entry]]:
    """The files of a folder or a zip file.

    Raises:
        DownloadRefused: there is no such folder or zip file, or its table of contents cannot be read.
    """
    if source.is_dir():
        yield list(_in_folder(source))
    elif not source.exists():
        raise DownloadRefused(f"there is no {source}: name the folder or the zip file that the LMS gave")
    elif not zipfile.is_zipfile(source):
        raise DownloadRefused(f"{source.name} is neither a folder nor a zip file: name what the LMS gave")
    else:
        try:
            archive = _open_zip(source)
        except _Unusable as reason:
            raise DownloadRefused(f"{source.name} {reason}: unpack it, and name the folder instead") from None
        with archive:
            yield [_entry(archive, info) for info in archive.infolist() if not _ignored(info)]


def _in_folder(folder: Path) -> Iterator[Entry]:
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        status = path.lstat()
        if _hidden(place) or stat.S_ISDIR(status.st_mode):
            continue
        problem = ""
        if stat.S_ISLNK(status.st_mode):
            problem = "a link; only files are taken"
        elif not stat.S_ISREG(status.st_mode):
            problem = "not an ordinary file"
        modified = datetime.fromtimestamp(int(status.st_mtime), UTC)
        name = unicodedata.normalize("NFC", place)
        yield Entry(name, lambda path=path: path.open("rb"), modified, problem)


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: str = "") -> Entry:
    return Entry(place + _name(info), lambda: archive.open(info), _modified(info), _problem(info))


def _name(info: zipfile.ZipInfo) -> str:
    """The name in one Unicode form. A Mac writes UTF-8 without saying so; old Windows programs write backslashes."""
    name = info.filename
    if not info.flag_bits & _NAMES_ARE_UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")  # zipfile took the bytes for code page 437
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def not_a_notebook(path: str) -> str:
    """What to do about a file whose name is not a notebook's: the end of a sentence that begins with the name."""
    name = PurePosixPath(path).name
    stem, _, suffix = name.rpartition(".")
    if stem.lower().endswith(".ipynb"):
        return f"rename it to {stem}"
    fixes = {
        "json": f"rename it to {stem}.ipynb if it is the notebook",
        "txt": f"rename it to {stem}.ipynb if it is the notebook",
        "py": "a Python script: ask for the notebook (.ipynb)",
        "html": "a printout of a notebook: ask for the notebook itself (.ipynb)",
        "htm": "a printout of a notebook: ask for the notebook itself (.ipynb)",
        "pdf": "a printout of a notebook: ask for the notebook itself (.ipynb)",
    }
    return fixes.get(suffix.lower() if stem else "", "not a notebook: ask for the notebook (.ipynb)")


class Reader:
    """Copies one student's notebooks into `folder`, including those in zip files.

    `left_out` gives a sentence for each file that was not taken.
    """

    def __init__(self, folder: Path, budget: Budget) -> None:
        self._folder = folder
        self._budget = budget
        self._bytes = MAX_STUDENT
        self._files = 0
        self._names = 0
        self._left_out: list[tuple[str, bool]] = []

    def left_out(self, others: bool = True) -> list[str]:
        """`others`: also files of another kind, such as a printout, which nobody misses next to a notebook."""
        found = [sentence for sentence, may_be_meant in self._left_out if others or may_be_meant]
        more = len(found) - _LEFT_OUT
        return found[:_LEFT_OUT] + ([f"and {more} more files are left out"] if more > 0 else [])

    def read(self, entry: Entry) -> Iterator[Loose]:
        """Raises TooMuch."""
        yield from self._read(entry, depth=0)

    def _read(self, entry: Entry, depth: int) -> Iterator[Loose]:
        try:
            if entry.problem:
                raise _Unusable(entry.problem)
            if entry.suffix in _ARCHIVES:
                raise _Unusable("an archive of another kind: ask for the notebook or a zip file")
            if entry.suffix not in (".ipynb", ".zip"):
                raise _Unusable(not_a_notebook(entry.path))
            if entry.suffix == ".zip" and depth == MAX_DEPTH:
                raise _Unusable("a zip file in a zip file in a zip file")
            file, cells = self._copy(entry)
            if entry.suffix == ".ipynb":
                yield Loose(entry.path, file, entry.modified, cells)
            else:
                yield from self._in_zip(file, entry.path, depth + 1)
                file.unlink()
        except _Unusable as reason:
            may_be_meant = entry.suffix in (".ipynb", ".zip", *_ARCHIVES) or ".ipynb" in entry.path.lower()
            self._left_out.append((one_line(f"{entry.path}: {reason}"), may_be_meant))

    def _in_zip(self, file: Path, path: str, depth: int) -> Iterator[Loose]:
        with _open_zip(file) as archive:
            self._names += len(archive.infolist())
            if self._names > MAX_NAMES:
                raise TooMuch(f"more than {MAX_NAMES:,} files in the zip file: ask for the notebook alone")
            for info in archive.infolist():
                if not _ignored(info):
                    yield from self._read(_entry(archive, info, f"{path[:-4]}/"), depth)

    def _copy(self, entry: Entry) -> tuple[Path, int]:
        """A copy of the file, and how many cells of the release are in it."""
        self._files += 1
        if self._files > MAX_FILES:
            raise TooMuch(f"more than {MAX_FILES} notebooks: ask for the one that counts")
        target = self._folder / str(self._files)
        size, cells, tail = 0, 0, b""
        with target.open("wb") as copy, contextlib.closing(_chunks(entry.open)) as chunks:
            for chunk in chunks:
                size += len(chunk)
                self._bytes -= len(chunk)
                self._budget.bytes -= len(chunk)
                if self._budget.bytes < 0:
                    raise TooMuch(
                        f"the download is larger than {MAX_DOWNLOAD >> 30} GiB: collect it in parts"
                    )
                if self._bytes < 0:
                    raise TooMuch(
                        f"more than {MAX_STUDENT >> 20} MiB when unpacked: ask for the notebook alone"
                    )
                if size > MAX_NOTEBOOK:
                    raise _Unusable(f"larger than {MAX_NOTEBOOK >> 20} MiB: ask for it without its outputs")
                copy.write(chunk)
                cells += (tail + chunk).count(_MARK)
                tail = chunk[1 - len(_MARK) :]
        return target, cells


def _chunks(open_it: Callable[[], IO[bytes]]) -> Iterator[bytes]:
    """Raises _Unusable for anything that is wrong with the archive that the file is in."""
    try:
        with open_it() as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except UnicodeDecodeError as error:  # zipfile decodes the name again
        raise _Unusable("its name is not UTF-8: ask for the file under a plain name") from error
    except Exception as error:  # zlib.error, LZMAError, EOFError, BadZipFile: depending on the damage
        raise _Unusable(f"cannot be read ({str(error) or type(error).__name__})") from error


class _Guarded:
    """A zip file as zipfile reads it: its table of contents is read in one piece of at most `_DIRECTORY` bytes.

    One name that is marked as UTF-8 but is not would stop zipfile from reading all others.
    """

    def __init__(self, file: Path) -> None:
        self._stream = file.open("rb")

    def read(self, size: int = -1) -> bytes:
        if size > _DIRECTORY:
            raise zipfile.BadZipFile("too many files in it")
        content = self._stream.read(_DIRECTORY if size < 0 else size)
        return _without_false_utf8(content) if content.startswith(_TABLE_ENTRY) else content

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


_TABLE_ENTRY = b"PK\x01\x02"
_TABLE_FIELDS = struct.Struct("<8xH18x3H12x")  # flags; the lengths of name, extra fields and comment


def _without_false_utf8(table: bytes) -> bytes:
    """The table of contents, with only real UTF-8 names marked as such: zipfile reads the others as code page 437."""
    fixed = bytearray(table)
    begin = 0
    while table.startswith(_TABLE_ENTRY, begin) and begin + _TABLE_FIELDS.size <= len(table):
        flags, *lengths = _TABLE_FIELDS.unpack_from(table, begin)
        name = begin + _TABLE_FIELDS.size
        try:
            table[name : name + lengths[0]].decode("utf-8")
        except UnicodeDecodeError:
            struct.pack_into("<H", fixed, begin + 8, flags & ~_NAMES_ARE_UTF8)
        begin = name + sum(lengths)
    return bytes(fixed)


class _Zip(zipfile.ZipFile):
    """Also closes the file that it was given."""

    def close(self) -> None:
        file = self.fp
        super().close()
        if file is not None:
            file.close()


def _open_zip(file: Path) -> zipfile.ZipFile:
    """Raises _Unusable."""
    stream = _Guarded(file)
    try:
        return _Zip(stream)
    except Exception as error:  # BadZipFile, struct.error, OverflowError …: as damaged as can be
        stream.close()
        raise _Unusable(f"cannot be read ({str(error) or type(error).__name__})") from error


def _problem(info: zipfile.ZipInfo) -> str:
    """Why this entry is not opened; "" if it is."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or path.parts[0].endswith(":"):
        return "a name that leads out of the archive"
    if kind == stat.S_IFLNK:
        return "a link; only files are taken"
    if kind not in (0, stat.S_IFREG):
        return "not an ordinary file"
    if info.flag_bits & 1:
        return "encrypted: ask for it without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # zipfile decompresses other methods without a limit: 4 kB of bzip2 may become 4 GB
        return "packed in an unusual way (as bzip2 or LZMA): ask for an ordinary zip file"
    return ""


def _ignored(info: zipfile.ZipInfo) -> bool:
    name = _name(info)
    return info.is_dir() or not PurePosixPath(name).parts or _hidden(name)


def _hidden(place: str) -> bool:
    """Whether it is a checkpoint, part of an installed package, or something that a Mac puts next to the files."""
    return any(
        part in LIBRARIES or (part.startswith((".", "__")) and part != "..")
        for part in PurePosixPath(place).parts
    )


def _modified(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time).astimezone(UTC)  # zip files store local time
    except (ValueError, OverflowError, OSError):
        return None
