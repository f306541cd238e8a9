"""What kind of file something is that is not a notebook, and what its owner can do about it."""

from __future__ import annotations

import re
from collections.abc import Collection

SUBMIT_THE_NOTEBOOK = "submit the .ipynb file itself"
_DOWNLOAD = "submit the .ipynb file that you worked in (in Colab: File > Download > Download .ipynb)"
_WEB_PAGE = "submit the .ipynb file (in Jupyter: File > Download; on GitHub: the button `Download raw file`)"

_BY_FIRST_BYTES = (
    (b"%PDF", "a PDF", SUBMIT_THE_NOTEBOOK),
    (b"{\\rtf", "a rich text document (RTF)", SUBMIT_THE_NOTEBOOK),
    (b"\xd0\xcf\x11\xe0", "a Word or Excel file", SUBMIT_THE_NOTEBOOK),
    (b"\x89PNG", "a picture", SUBMIT_THE_NOTEBOOK),
    (b"\xff\xd8\xff", "a picture", SUBMIT_THE_NOTEBOOK),
    (b"GIF8", "a picture", SUBMIT_THE_NOTEBOOK),
    (b"SQLite format 3", "a database", SUBMIT_THE_NOTEBOOK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", SUBMIT_THE_NOTEBOOK),
    (b"Rar!\x1a\x07", "a RAR archive", SUBMIT_THE_NOTEBOOK),
    (b"BZh", "a bzip2 archive", SUBMIT_THE_NOTEBOOK),
    (b"\xfd7zXZ\x00", "an xz archive", SUBMIT_THE_NOTEBOOK),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a shortcut", "submit the file that it leads to"),
    (b"book\x00\x00\x00\x00mark", "a shortcut", "submit the file that it leads to"),
    (b"[InternetShortcut]", "a shortcut", "submit the file that it leads to"),
    (b"[Desktop Entry]", "a shortcut", "submit the file that it leads to"),
    (b"\x80\x02", "a pickle", SUBMIT_THE_NOTEBOOK),
    (b"\x80\x03", "a pickle", SUBMIT_THE_NOTEBOOK),
    (b"\x80\x04", "a pickle", SUBMIT_THE_NOTEBOOK),
    (b"\x80\x05", "a pickle", SUBMIT_THE_NOTEBOOK),
    (b"\x89HDF\r\n", "saved data (HDF5)", SUBMIT_THE_NOTEBOOK),
    (b"\x93NUMPY", "a NumPy array", SUBMIT_THE_NOTEBOOK),
    (
        b"version https://git-lfs",
        "a Git LFS pointer",
        "run `git lfs pull`, then submit the file that it brings",
    ),
    (b"bplist00", "a shortcut", "submit the file that it leads to"),
)
_BY_MEMBER = (
    (r"word/", "a Word document"),
    (r"xl/", "an Excel file"),
    (r"ppt/", "a PowerPoint file"),
    (r"content\.xml$", "an OpenDocument file"),
    (r".*data\.pkl$", "a PyTorch checkpoint"),
    (r".*\.npy$", "saved NumPy arrays"),
)
_PYTHON = re.compile(
    r"^(?:import \w|from [\w.]+ import |(?:async )?def \w+\(|class \w+|#!.*python|# ?-\*- coding|# In\[|# ?%%)",
    re.MULTILINE,
)


def kind_of(data: bytes) -> tuple[str, str] | None:
    """What the file is according to its first bytes, and what to do; None if they do not tell."""
    for start, kind, fix in _BY_FIRST_BYTES:
        if data.startswith(start):
            return kind, fix
    return None


def kind_of_zip(members: Collection[str]) -> str | None:
    """What a zip archive with these members is to its owner; None for a plain one."""
    for pattern, kind in _BY_MEMBER:
        if any(re.match(pattern, member) for member in members):
            return kind
    return None


def kind_of_text(text: str) -> tuple[str, str] | None:
    """What a text without JSON is; None if it may be a damaged notebook."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        is_shortcut = "<plist" in start[:1000]
        return (
            ("a shortcut", "submit the file that it leads to") if is_shortcut else ("a web page", _WEB_PAGE)
        )
    if start.startswith(("{", "[")):
        return None
    if "```" not in text and _PYTHON.search(text):
        return "a Python script", _DOWNLOAD
    lines = start[:10_000].splitlines()[:5]
    if len(lines) > 1 and len({line.count(",") for line in lines}) == 1 and "," in lines[0]:
        return "a table (CSV)", SUBMIT_THE_NOTEBOOK
    return "a text file", _DOWNLOAD


def kind_of_json(value: object) -> tuple[str, str]:
    """What JSON that is not a notebook is."""
    if isinstance(value, dict) and {"doc_id", "url"} & value.keys():
        return "a link to a Google document", _DOWNLOAD
    return f"a piece of JSON without cells (a {type(value).__name__})", SUBMIT_THE_NOTEBOOK
