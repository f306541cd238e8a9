# ruff: noqa: E501 (a case a line)
"""Whatever holds the whole notebook is read; every other file is named for what it is, with a fix that works.

Each case is made from the tiny course's own notebook. `source` is the public report that tells of such a file: an issue
or pull request on GitHub, or a page; "" where there is none.
"""

from __future__ import annotations

import gzip
import io
import json
import pickle
import re
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from autograder.grading import notebook_reader
from autograder.grading.assignment import Assignment
from autograder.grading.submission import UnreadableSubmission, read
from tests import course

TEXT = json.dumps(course.solved(), indent=1)
WHOLE = TEXT.encode()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return archive.getvalue()


def tarred(files: dict[str, bytes], mode: str, headers: dict[str, str] | None = None) -> bytes:
    """`headers` hold for all files."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode=mode, pax_headers=headers) as file:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def conflict(ours: str, theirs: str, base: str = "") -> str:
    base = f"||||||| 1234567\n{base}\n" if base else ""
    return f"<<<<<<< HEAD\n{ours}\n{base}=======\n{theirs}\n>>>>>>> 1234abcd (my laptop)"


def in_conflict(line: str, *sides: str) -> bytes:
    assert line in TEXT
    return TEXT.replace(line, conflict(*sides), 1).encode()


def in_lines(line_end: str) -> bytes:
    """The notebook with each cell's text as a list of lines; these end in `line_end`, except for the last."""
    book = course.solved()
    for cell in book["cells"]:
        *lines, last = cell["source"].split("\n")
        cell["source"] = [*(line + line_end for line in lines), last]
    return json.dumps(book).encode()


SOURCE = next(line for line in TEXT.split("\n") if '"source": "def double' in line)
COUNT = next(line for line in TEXT.split("\n") if '"execution_count"' in line)
LAST = next(line for line in TEXT.split("\n") if '"nbformat_minor"' in line)

READ = {
    "a byte order mark": ("jupytext/jupytext/issues/191", b"\xef\xbb\xbf" + WHOLE, "byte order mark"),
    "UTF-16": ("jupyter/nbdime/pull/506", TEXT.encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": ("BinWang0213/PyGRDECL/issues/2", TEXT.encode("utf-16-le"), "UTF-16"),
    "quotation marks of Windows": ("jupyter/notebook/issues/3510", WHOLE.replace(b"The end", b"The \x93end\x94"), "Windows-1252"),
    "bytes that are not UTF-8": ("ipython/ipython/issues/10762", WHOLE.replace(b"The end", b"\xdbhe end"), "Windows-1252"),
    "Windows line ends": ("", TEXT.replace("\n", "\r\n").encode(), None),
    "the notebook twice": ("jupyter/help/issues/171", WHOLE + b"\n" + WHOLE, "a second notebook"),
    "the end of an older save": ("jupyter/help/issues/171", WHOLE + WHOLE[-300:], "what follows its end"),
    "a bracket too many": ("ZEPL/zeppelin/issues/291", WHOLE + b"}", "what follows its end"),
    "JavaScript behind it": ("googledatalab/datalab/issues/1790", WHOLE + b"\nfunction(){ return {} }", "follows its end"),
    "zeros behind it": ("", WHOLE + b"\x00" * 4096, None),
    "zeros before it": ("", b"\x00" * 512 + WHOLE, None),
    "a heading before it": ("ContextLab/storytelling-with-data/pull/239", b"My notebook:\n\n" + WHOLE, "comes before"),
    "a fence around it": ("ContextLab/storytelling-with-data/pull/239", b"```json\n" + WHOLE + b"\n```\n", "comes before"),
    "a comma before the end": ("interpretml/DiCE/issues/425", WHOLE.replace(LAST.encode(), LAST.encode() + b","), "comma"),
    "a comma after the last cell": (
        "jni/scipy-japan-2019/issues/2",
        TEXT.replace("  }\n ],", "  },\n ],", 1).encode(),
        "fixed",
    ),
    "a comma too many and one too few": (
        "wesm/pydata-book/issues/27",
        TEXT.replace("  },\n  {", "  }\n  {", 1).replace(LAST, LAST + ",").encode(),
        "fixed",
    ),
    "a conflict of counts": (
        "https://nbdev.fast.ai/merge/",
        in_conflict(COUNT, '   "execution_count": 6,', '   "execution_count": 5,'),
        "merge conflict in line",
    ),
    "a conflict of counts, with the base": (
        "",
        in_conflict(COUNT, '   "execution_count": 6,', '   "execution_count": 5,', '   "execution_count": 4,'),
        "merge conflict in line",
    ),
    "a conflict of versions": (
        "",
        in_conflict(LAST, ' "nbformat_minor": 4', ' "nbformat_minor": 5'),
        "merge conflict in line",
    ),
    "cut off behind the cells": ("", TEXT[: TEXT.rindex('"metadata"')].encode(), "follows the cells"),
    "lines with line ends": ("", in_lines("\n"), None),
    "lines without line ends": ("bojieli/ai-agent-book/issues/86", in_lines(""), "line ends put back"),
    "a text in JSON": ("", json.dumps(TEXT).encode(), "a text in JSON"),
    "a list of one": ("", json.dumps([course.solved()]).encode(), None),
    "as the server sends it": (
        "",
        json.dumps({"name": "tiny.ipynb", "type": "notebook", "content": course.solved()}).encode(),
        None,
    ),
    "line ends within a text": ("", TEXT.replace("return 2", "return 2", 1).replace("\\n", "\n").encode(), None),
    "compressed": ("", gzip.compress(WHOLE), "compressed"),
    "a zip archive of one": (
        "",
        zipped({"hw/tiny.ipynb": WHOLE, "hw/plots.py": b"", "__MACOSX/hw/._tiny.ipynb": b"\x00", "hw/.ipynb_checkpoints/tiny-checkpoint.ipynb": b"{}"}),
        "archive",
    ),
    "a compressed zip archive": ("", zipped({"tiny.ipynb": WHOLE}, zipfile.ZIP_DEFLATED), "archive"),
    "a zip archive with saved arrays": ("", zipped({"hw/tiny.ipynb": WHOLE, "hw/losses.npy": b"\x93NUMPY"}), "archive"),
    "a zip archive with a pickle": ("", zipped({"hw/tiny.ipynb": WHOLE, "hw/data.pkl": b"\x80\x04"}), "archive"),
    "a zip archive with slides": ("", zipped({"tiny.ipynb": WHOLE, "ppt/slides.pptx": b"PK"}), "archive"),
    "a zip archive from Windows": ("", zipped({"hw\\tiny.ipynb": WHOLE, "hw\\.ipynb_checkpoints\\tiny-checkpoint.ipynb": b"{}"}), "archive"),
    "a zip archive with an environment": (
        "",
        zipped({"my work.ipynb": WHOLE, "venv/share/demo.ipynb": b"{}", "v/lib/site-packages/tiny.ipynb": b"{}"}),
        "archive",
    ),
    "a zip archive of the environment worked in": ("", zipped({"env/tiny.ipynb": WHOLE, "env/pyvenv.cfg": b""}), "archive"),
    "a zip archive of several, one named for the assignment": (
        "",
        zipped({"hw/Tiny.ipynb": WHOLE, "hw/tiny_old.ipynb": b"{}", "hw/scratch.ipynb": b"{}"}),
        "tiny.ipynb was read, of 3 notebooks",
    ),
    "a tar archive of one": ("", tarred({"tiny.ipynb": WHOLE}, "w"), "archive"),
    "a compressed tar archive": ("", tarred({"tiny.ipynb": WHOLE}, "w:gz"), "archive"),
}  # fmt: skip

SCRIPT = (
    "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\nimport torch\n\ndef double(x):\n    return 2 * x\n"
)
COLAB = '# -*- coding: utf-8 -*-\n"""tiny.ipynb\n\nAutomatically generated by Colab.\n"""\n\nfrom google.colab import drive\n'
PERCENT = "# ---\n# jupyter:\n#   kernelspec: {}\n# ---\n\n# %% [markdown]\n# # Title\n\n# %%\nx = 1\n"
PAGE = "\n\n\n<!DOCTYPE html>\n<html lang='en'><body>{}</body></html>"
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
LINE = TEXT.split("\n").index(SOURCE) + 1

REFUSED = {
    "no bytes": ("vivek3141/dl-visualization/issues/2", b"", "is empty: download it again"),
    "zeros only": ("", b"\x00" * 5000, "is empty: download it again"),
    "a page of GitHub": ("nickmccullum/algorithmic-trading-python/issues/1", PAGE.encode(), "web page.*Download raw file"),
    "an exported page": ("fekad/jupyter-jsmol/issues/59", (PAGE + "jp-Notebook").encode(), "a web page"),
    "a page of Jupyter": ("jupyter/help/issues/67", b"<!DOCTYPE HTML>\n<html>\n<head>", "a web page"),
    "code in a file called a notebook": ("IIC2115/Syllabus-2022-2/issues/4", b"import torch\nx = 1\n", "a Python script.*Download .ipynb"),
    "an exported script": ("cgpotts/cs224u/issues/64", SCRIPT.encode(), "a Python script"),
    "a script from Colab": ("IIC2115/Syllabus-2022-2/issues/4", COLAB.encode(), "a Python script"),
    "a script in percent format": ("", PERCENT.encode(), "a Python script"),
    "a Git LFS pointer": ("deep-floyd/IF/issues/29", LFS.encode(), "a Git LFS pointer.*git lfs pull"),
    "a conflict of code": (
        "https://taourl.com/read-2573938.html",
        in_conflict(SOURCE, SOURCE, SOURCE.replace("2 * x", "x + x")),
        f"a merge conflict in line {LINE}: open it in a text editor, keep one side",
    ),
    "a conflict of cells": (
        "",
        in_conflict(SOURCE, SOURCE, SOURCE + '\n  }, {\n   "cell_type": "markdown", "source": ""'),
        f"a merge conflict in line {LINE}",
    ),
    "quotation marks that end a text": (
        "scipp/scipp/issues/149",
        TEXT.replace("The end.", 'He said ("alice")').encode(),
        r"a damaged notebook \(Expecting ',' delimiter: line \d+, column \d+\): download it again",
    ),
    "cut off in a cell": ("NASA-IMPACT/veda-docs/issues/171", WHOLE[:1000], r"breaks off in line \d+: download it again"),
    "a PDF": ("", b"%PDF-1.7\n%\xe2", "a PDF"),
    "a Word document": ("jupyter/notebook/issues/3510", zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "a Word document"),
    "an Excel file": ("", zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "an Excel file"),
    "an old Word file": ("", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "a Word or Excel file"),
    "rich text": ("", rb"{\rtf1\ansi{\fonttbl}}", "a rich text document"),
    "a model's checkpoint": ("", zipped({"model/data.pkl": b"", "model/version": b"3"}), "a PyTorch checkpoint"),
    "a pickle": ("", pickle.dumps({"x": 1}), "a pickle"),
    "a picture": ("", b"\x89PNG\r\n\x1a\n" + bytes(99), "a picture"),
    "a shortcut of Windows": ("", b"[InternetShortcut]\r\nURL=https://x\r\n", "a shortcut"),
    "a shortcut of a Mac": ("", b'<?xml version="1.0"?><!DOCTYPE plist><plist/>', "a shortcut"),
    "a link to Google's drive": (
        "",
        b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}',
        "a link to a Google document",
    ),
    "two notebooks in a zip archive": ("", zipped({"a.ipynb": WHOLE, "b.ipynb": WHOLE}), "archive with 2 notebooks"),
    "two notebooks of one name": ("", zipped({"a/tiny.ipynb": WHOLE, "b/tiny.ipynb": WHOLE}), "archive with 2 notebooks"),
    "a zip archive with a library's notebook": ("", zipped({"site-packages/a.ipynb": WHOLE}), "archive with no notebook"),
    "a zip archive without one": ("", zipped({"plots.py": b""}), "archive with no notebook"),
    "a zip archive with bzip2": ("", zipped({"tiny.ipynb": WHOLE}, zipfile.ZIP_BZIP2), "packed in an unusual way"),
    "a zip archive with LZMA": ("", zipped({"tiny.ipynb": WHOLE}, zipfile.ZIP_LZMA), "packed in an unusual way"),
    "half a zip archive": ("", zipped({"a.ipynb": WHOLE})[:200], "an archive that is damaged"),
    "a table": ("", b"name,age\nada,36\n", r"a table \(CSV\)"),
    "prose": ("", b"Dear Sir,\nhere is my notebook.", "a text file"),
    "a list": ("", b"[1, 2]", r"a piece of JSON without cells \(a list\)"),
    "a million cells": ("", json.dumps({"cells": [{}] * 5001}).encode(), "holds 5,001 cells.*delete empty ones"),
    "settings": ("", b'{"editor.tabSize": 4}', "JSON without a list of cells"),
}  # fmt: skip


@pytest.mark.parametrize(("_source", "data", "repair"), READ.values(), ids=READ)
def test_what_holds_the_whole_notebook_is_read(
    tiny: Assignment, _source: str, data: bytes, repair: str | None
) -> None:
    submission = read(data, tiny)
    assert [cell.source for cell in submission.cells] == [cell.source for cell in read(WHOLE, tiny).cells]
    if repair is None:
        assert submission.repairs == ()
    else:
        assert any(repair in one for one in submission.repairs), submission.repairs


GREEK = "# “σ”, ŷ and α to ω"
CHINESE = "# 年龄 − 数据，你好"
IN_OTHER_ENCODINGS = {
    "a cut character in UTF-8": ("ipython/ipython/issues/7813", GREEK, "utf-8", b"\xe2\x94", "1 damaged byte in the file"),
    "half an emoji in UTF-8": ("", GREEK, "utf-8", b"\xed\xa0\xbd", "3 damaged bytes in the file"),
    "Windows' quotation marks": ("jupyter/notebook/issues/3510", "# “naïve” – it’s", "cp1252", b"", "Windows-1252"),
    "a byte that Windows-1252 lacks": ("CFMTech/Jupytab/issues/27", "# “naïve” – it’s", "cp1252", b"\x90", "Windows-1252"),
    "Chinese": ("HuangCongQing/Python/issues/12", CHINESE, "gb18030", b"", "GB18030"),
    "French that is valid GB18030": ("", "# écoles, éléments, même naïve", "cp1252", b"", "Windows-1252"),
    "Chinese, and a byte that is not GB18030": ("", CHINESE.replace("− ", ""), "gb18030", b"\xff", "Windows-1252"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("_source", "comment", "encoding", "damage", "repair"),
    IN_OTHER_ENCODINGS.values(),
    ids=IN_OTHER_ENCODINGS,
)
def test_a_file_that_is_not_all_utf_8_is_read_in_the_likeliest_encoding(
    tiny: Assignment, _source: str, comment: str, encoding: str, damage: bytes, repair: str
) -> None:
    source = f"{comment}\n{course.SOLUTIONS['double']}"
    book = course.with_sources(double=source)
    course.cell(book, "double")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "DAMAGE"}]
    data = json.dumps(book, ensure_ascii=False).encode(encoding).replace(b"DAMAGE", damage)
    submission = read(data, tiny)
    (seen,) = (cell.source for cell in submission.cells if cell.name == "double")
    readable = source if repair != "Windows-1252" else source.encode(encoding).decode("cp1252")
    assert seen == readable
    assert [repair in one for one in submission.repairs] == [True]


def test_a_file_full_of_damaged_bytes_is_not_taken_for_utf_8(tiny: Assignment) -> None:
    book = json.dumps(course.solved(), ensure_ascii=False).encode()
    few, many = (
        book.replace(b"The end", "é".encode() * 3 * count + b"\xff" * count)
        for count in (notebook_reader.MAX_DAMAGED_BYTES, notebook_reader.MAX_DAMAGED_BYTES + 1)
    )
    assert "1000 damaged bytes" in read(few, tiny).repairs[0]
    assert "Windows-1252" in read(many, tiny).repairs[0]


@pytest.mark.parametrize(("_source", "data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_holds_none_is_named_in_one_sentence(
    tiny: Assignment, _source: str, data: bytes, sentence: str
) -> None:
    with pytest.raises(UnreadableSubmission) as caught:
        read(data, tiny, "tiny.ipynb")
    said = str(caught.value)
    assert re.match(r"tiny\.ipynb (?:is|holds|breaks off)", said)
    assert re.search(sentence, said), said
    assert "\n" not in said


def test_lines_that_nbformat_split_at_a_rare_line_end_stay_as_they_are(tiny: Assignment) -> None:
    book = course.solved()
    source = course.cell(book, "double")["source"] + "  # two\u2028lines"
    course.cell(book, "double")["source"] = source.replace("\n", "\x0c").splitlines(keepends=True)
    submission = read(json.dumps(book).encode(), tiny)
    assert source.replace("\n", "\x0c") in [cell.source for cell in submission.cells]
    assert submission.repairs == ()


@pytest.mark.parametrize("limit", ["MAX_MEMBERS", "MAX_CONTENTS_BYTES", "MAX_HEADERS"])
def test_an_archive_of_files_without_end_is_not_read(
    tiny: Assignment, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    files = {"tiny.ipynb": WHOLE, "other.txt": b""}
    archive = (
        zipped(files) if limit == "MAX_CONTENTS_BYTES" else tarred(files, "w", headers={"a": "1", "b": "2"})
    )
    assert read(archive, tiny, "tiny.ipynb").repairs
    monkeypatch.setattr(notebook_reader, limit, 1)
    with pytest.raises(UnreadableSubmission, match="too many files: submit the .ipynb file itself"):
        read(archive, tiny, "tiny.ipynb")


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"tiny.ipynb": data})])
def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(
    tiny: Assignment, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(notebook_reader, "MAX_FILE_BYTES", 1000)
    with pytest.raises(UnreadableSubmission, match="larger than"):
        read(pack(b" " * 100_000), tiny)
