"""What a student uploads decides neither whose it is nor whether the class is collected."""

from __future__ import annotations

import io
import os
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autograder.lms import archives
from autograder.lms.collect import take
from autograder.lms.names import Names, NotUnderstood
from autograder.lms.roster import Student, enter_students
from tests import course

ADA, MALLORY = b'{"cells": [], "of": "ada"}', b'{"cells": [], "of": "mallory"}'
STUDENTS = "id,first_name,last_name,lms_id\nada,Ada,Lovelace,111\nmal,Mallory,Mint,222\nEve,,,\n"


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def root(root: Path) -> Path:
    (root / "students.csv").write_text(STUDENTS)
    enter_students(root / "students.csv", root)
    return root


def owned(root: Path) -> dict[str, bytes]:
    """Whose notebook has which content."""
    return {file.parent.parent.name: file.read_bytes() for file in (root / "submitted").rglob("*.ipynb")}


def collect(root: Path, files: Mapping[str, bytes], unpacked: bool = False) -> int:
    """Collects a download of these files, as the zip file of the LMS or as the folder in it."""
    download = root / "download"
    if not unpacked:
        download.write_bytes(zipped(files))
    else:
        for name, content in files.items():
            (download / name).parent.mkdir(parents=True, exist_ok=True)
            (download / name).write_bytes(content)
    return take(download, course.NAME, root)


MOODLE_ADA, MOODLE_MAL = (
    "Ada Lovelace_1001_assignsubmission_file_",
    "Mallory Mint_1002_assignsubmission_file_",
)
CANVAS_ADA = "lovelaceada_111_9001_tiny.ipynb"
IMPERSONATIONS = {
    "a file name in a Moodle folder": (f"{MOODLE_MAL}/ada_tiny.ipynb", MALLORY),
    "a Canvas name in a Moodle folder": (f"{MOODLE_MAL}/{CANVAS_ADA}", MALLORY),
    "a folder in a Moodle folder": (f"{MOODLE_MAL}/{MOODLE_ADA}/tiny.ipynb", MALLORY),
    "a file name in a zip file, Moodle": (f"{MOODLE_MAL}/w.zip", zipped({"ada_tiny.ipynb": MALLORY})),
    "a folder in a zip file, Moodle": (f"{MOODLE_MAL}/w.zip", zipped({f"{MOODLE_ADA}/tiny.ipynb": MALLORY})),
    "a file name in a zip file, Canvas": ("mintmallory_222_9_w.zip", zipped({"ada_tiny.ipynb": MALLORY})),
    "a Canvas name in a zip file": ("mintmallory_222_9_w.zip", zipped({CANVAS_ADA: MALLORY})),
    "a Canvas name after her own": (f"mintmallory_222_9_{CANVAS_ADA}", MALLORY),
    "a file name in a zip file of her own": ("mal_tiny.zip", zipped({"ada_tiny.ipynb": MALLORY})),
    "a path out of a zip file": (
        "mal_tiny.zip",
        zipped({"x/ada_tiny.ipynb": MALLORY, "../ada/t.ipynb": b"{}"}),
    ),
    "a zip file in a zip file": (
        "mal_tiny.zip",
        zipped({"ada_tiny.zip": zipped({"ada_tiny.ipynb": MALLORY})}),
    ),
}


@pytest.mark.parametrize("unpacked", [False, True], ids=["zip file", "folder"])
@pytest.mark.parametrize("attack", IMPERSONATIONS)
def test_a_name_that_the_student_chose_makes_nobody_else_its_owner(
    root: Path, attack: str, unpacked: bool
) -> None:
    name, content = IMPERSONATIONS[attack]
    honest = (
        CANVAS_ADA
        if name.startswith("mint")
        else "ada_tiny.ipynb"
        if "/" not in name
        else f"{MOODLE_ADA}/x.ipynb"
    )
    collect(root, {honest: ADA, name: content}, unpacked)
    assert owned(root) == {"ada": ADA, "mal": MALLORY}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("mal/ada_tiny.ipynb", "its name says ada, and the folder mal says mal: rename one"),
        ("12-34 - Mallory Mint - 3 Oct/ada_tiny.ipynb", "its name says ada, and the folder"),
        (
            "Ada Lovelace_1_assignsubmission_file_Mallory Mint_2_assignsubmission_file_/t.ipynb",
            "belong to two students",
        ),
        ("work.zip", "its name does not fit"),
        ("unknown_999_1_ada_tiny.ipynb", "nobody in the gradebook has the LMS id 999"),
    ],
)
def test_what_could_be_of_two_students_is_nobody_s(path: str, why: str) -> None:
    students = [Student("ada", "Ada", "Lovelace", "", "111"), Student("mal", "Mallory", "Mint", "", "222")]
    with pytest.raises(NotUnderstood, match=why):
        Names(course.NAME, students).owner(path)


def test_two_files_of_one_student_whose_id_differs_in_case_are_one_submission(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert collect(root, {"Eve_tiny.ipynb": ADA, "eve_tiny.ipynb": MALLORY, "ada_tiny.ipynb": ADA}) == 0
    assert set(owned(root)) == {"ada", "Eve"}
    assert "Eve: eve_tiny.ipynb is taken, and not Eve_tiny.ipynb" in capsys.readouterr().err


def damaged(method: int, start: int = 20, length: int = 40) -> bytes:
    data = bytearray(zipped({"tiny.ipynb": os.urandom(50) + b"0" * 5000}, method))
    begin = 30 + len("tiny.ipynb") + start
    data[begin : begin + length] = b"\xff" * length
    return bytes(data)


def not_utf8(files: dict[str, bytes], name: str) -> bytes:
    """Where a name has an `x`, it gets a byte that is not UTF-8, and the flag that it is."""
    data = bytearray(zipped(files))
    local, entry = data.find(name.encode()) - 30, data.rfind(name.encode()) - 46
    for start, flags, length in ((local, 6, 30), (entry, 8, 46)):
        struct.pack_into("<H", data, start + flags, 0x800)
        data[data.find(b"x", start + length)] = 0xFF
    return bytes(data)


def changed_entry(offset: int, value: bytes) -> bytes:
    """A field of the table of contents, overwritten."""
    data = bytearray(zipped({"tiny.ipynb": MALLORY}))
    entry = data.rfind(b"PK\x01\x02") + offset
    data[entry : entry + len(value)] = value
    return bytes(data)


def of_kind(kind: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        entry = zipfile.ZipInfo("tiny.ipynb")
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "../../ada/tiny/tiny.ipynb")
    return stream.getvalue()


def nested(depth: int) -> bytes:
    data = MALLORY
    for level in range(depth):
        data = zipped({"x.zip" if level else "tiny.ipynb": data})
    return data


BROKEN: dict[str, Callable[[], bytes]] = {
    "deflate": lambda: damaged(zipfile.ZIP_DEFLATED, start=0),
    "bzip2": lambda: damaged(zipfile.ZIP_BZIP2),
    "LZMA": lambda: damaged(zipfile.ZIP_LZMA),
    "checksum": lambda: damaged(zipfile.ZIP_STORED),
    "cut off": lambda: zipped({"tiny.ipynb": MALLORY})[:-30],
    "empty": lambda: b"",
    "no zip file": lambda: b"%PDF",
    "a table of contents elsewhere": lambda: (
        b"x" * 99 + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 5, 5, 300, 50, 0)
    ),
    "an offset of zip64 that is not there": lambda: changed_entry(42, b"\xff" * 4),
    "a size that is not true": lambda: changed_entry(24, struct.pack("<L", 5)),
    "an offset that is not true": lambda: changed_entry(42, struct.pack("<L", 2**31)),
    "an unknown compression": lambda: changed_entry(10, struct.pack("<H", 77)),
    "encrypted": lambda: changed_entry(8, struct.pack("<H", 1)),
    "an absolute name": lambda: zipped({"/etc/tiny.ipynb": MALLORY}),
    "a name that leads out": lambda: zipped({"../../tiny.ipynb": MALLORY}),
    "a name that leads out on Windows": lambda: zipped(
        {"..\\tiny.ipynb": MALLORY, "C:\\tiny.ipynb": MALLORY}
    ),
    "a link": lambda: of_kind(stat.S_IFLNK),
    "a pipe": lambda: of_kind(stat.S_IFIFO),
    "a zip file in a zip file in a zip file": lambda: nested(4),
    "no notebook": lambda: zipped({f"{n}.txt": b"" for n in range(50)}),
    "escapes in names": lambda: zipped({"\x1b]0;PWNED\x07\x1b[2J\n::error::z\u202e.txt": b""}),
}


def test_a_name_that_is_not_utf8_costs_its_student_a_sentence(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the LMS's own zip file, and in a student's."""
    theirs = not_utf8({"x.ipynb": MALLORY}, "x.ipynb")
    files = {"ada_tiny.ipynb": ADA, "mal_tiny.zip": theirs, "eve_tiny_x.ipynb": MALLORY}
    (root / "download.zip").write_bytes(not_utf8(files, "eve_tiny_x.ipynb"))
    assert take(root / "download.zip", course.NAME, root) == 2
    assert owned(root) == {"ada": ADA}
    assert capsys.readouterr().err.count("its name is not UTF-8") == 2


@pytest.mark.parametrize("unpacked", [False, True], ids=["zip file", "folder"])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_archive_costs_its_student_a_sentence_and_nobody_else_anything(
    root: Path, kind: str, unpacked: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert collect(root, {"ada_tiny.ipynb": ADA, "mal_tiny.zip": BROKEN[kind]()}, unpacked) == 2
    assert owned(root) == {"ada": ADA}
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("autograder: mal: nothing is taken. mal_tiny")
    assert len(line) < 1000 and line.isprintable()


def test_a_tar_file_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert collect(root, {"ada_tiny.ipynb": ADA, "mal_tiny.tar.gz": b"x"}) == 2
    assert "mal_tiny.tar.gz: an archive of another kind: ask for the notebook" in capsys.readouterr().err


def bomb() -> bytes:
    """30 notebooks of 10 MiB in 300 kB."""
    return zipped({f"{n}.ipynb": bytes(10 * 2**20) for n in range(30)})


def test_a_bomb_is_not_unpacked(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(archives, "MAX_STUDENT", 15 * 2**20)
    assert collect(root, {"ada_tiny.ipynb": ADA, "mal_tiny.zip": bomb()}) == 2
    assert owned(root) == {"ada": ADA}
    assert "mal: nothing is taken. mal_tiny.zip: more than 15 MiB when unpacked" in capsys.readouterr().err


def test_more_files_than_anybody_submits_are_not_read(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(archives, "MAX_FILES", 3)
    many = zipped({f"{n}.ipynb": MALLORY for n in range(9)})
    assert collect(root, {"mal_tiny.zip": many, "ada_tiny.ipynb": ADA}) == 2
    assert owned(root) == {"ada": ADA}
    assert "mal: nothing is taken. mal_tiny.zip: more than 3 notebooks" in capsys.readouterr().err


@pytest.mark.parametrize("name", [".\\", ".\\.\\", "./", "/", "\\"])
def test_a_name_without_a_name_is_passed_by(root: Path, name: str) -> None:
    collect(root, {"mal_tiny.zip": zipped({name: b"x", "tiny.ipynb": MALLORY}), "ada_tiny.ipynb": ADA})
    assert owned(root) == {"ada": ADA, "mal": MALLORY}


def test_more_names_than_anybody_submits_are_not_read(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(archives, "MAX_NAMES", 20)
    inner = zipped({f"{n}.txt": b"" for n in range(15)})
    assert (
        collect(root, {"mal_tiny.zip": zipped({"a.zip": inner, "b.zip": inner}), "ada_tiny.ipynb": ADA}) == 2
    )
    assert owned(root) == {"ada": ADA}
    assert "mal: nothing is taken. mal_tiny.zip: more than 20 files" in capsys.readouterr().err


def test_a_table_of_contents_without_end_is_not_read(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(archives, "_DIRECTORY", 10_000)
    assert (
        collect(root, {"mal_tiny.zip": zipped({f"{n}.txt": b"" for n in range(500)}), "ada_tiny.ipynb": ADA})
        == 2
    )
    assert "mal_tiny.zip: cannot be read (too many files in it)" in capsys.readouterr().err


def test_a_whole_download_has_a_limit_too(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(archives.Budget, "__init__", lambda self: setattr(self, "bytes", 2 * len(ADA)))
    assert collect(root, {"ada_tiny.ipynb": ADA, "mal_tiny.ipynb": MALLORY * 100}) == 2
    assert owned(root) == {"ada": ADA}
    assert "mal_tiny.ipynb: the download is larger than" in capsys.readouterr().err


def test_links_and_pipes_in_a_folder_are_left_and_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = root / "download"
    folder.mkdir()
    (folder / "ada_tiny.ipynb").write_bytes(ADA)
    (folder / "mal_tiny.ipynb").symlink_to("ada_tiny.ipynb")
    os.mkfifo(folder / "eve_tiny.ipynb")
    assert take(folder, course.NAME, root) == 2
    assert owned(root) == {"ada": ADA}
    said = capsys.readouterr().err
    assert "mal_tiny.ipynb: a link" in said and "eve_tiny.ipynb: not an ordinary file" in said


def test_nothing_is_written_through_a_link_in_submitted(root: Path) -> None:
    (root / "submitted" / "ada" / course.NAME).mkdir(parents=True)
    (root / "submitted" / "mal").symlink_to("ada")
    assert collect(root, {"mal_tiny.ipynb": MALLORY, "ada_tiny.ipynb": ADA}) == 2
    assert (root / "submitted" / "ada" / course.NAME / "tiny.ipynb").read_bytes() == ADA


def test_a_class_with_broken_zips_and_bombs_takes_little_memory(root: Path, tmp_path: Path) -> None:
    names = [*(f"s{n}" for n in range(40)), *(f"b{n}" for n in range(5)), "bomb", "bomb2"]
    (root / "more.csv").write_text("\n".join(["id", *names]))
    enter_students(root / "more.csv", root)
    files = {f"s{n}_tiny.ipynb": ADA for n in range(40)}
    files |= {f"b{n}_tiny.zip": damaged(zipfile.ZIP_LZMA) for n in range(5)}
    files |= {
        "bomb_tiny.zip": bomb(),
        "bomb2_tiny.zip": zipped({"t.ipynb": bytes(150 * 2**20)}, zipfile.ZIP_BZIP2),
    }
    (tmp_path / "download.zip").write_bytes(zipped(files))
    code = (
        "import resource, sys; from pathlib import Path; from autograder.lms.collect import take, students_of\n"
        "root = Path(sys.argv[1]); students_of(root); before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "status = take(Path(sys.argv[2]), 'tiny', root)\n"
        "print(status, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    command = [sys.executable, "-c", code, str(root), str(tmp_path / "download.zip")]
    done = subprocess.run(command, cwd=course.REPOSITORY, capture_output=True, text=True, check=True)
    status, grown = done.stdout.splitlines()[-1].split()
    assert status == "2" and int(grown) < 150_000  # kilobytes
    assert len(owned(root)) == 40
    named = {line.split(": ")[1] for line in done.stderr.splitlines() if "nothing is taken" in line}
    assert named == {*(f"b{n}" for n in range(5)), "bomb", "bomb2"}
