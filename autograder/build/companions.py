"""Makes one file enough: a released notebook contains the files that belong to it, and says which libraries it needs.

A notebook that is opened alone (in Colab, from a mail, in VS Code) unpacks `plots.py` and `course/` from its first code
cell. If the same files are next to it, those are used. Grading never runs the cell: its name begins with `show-`.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import sys
import zipfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder.build.statements import without_magics
from autograder.grading.submission import SHOWN_ONLY

GRADE_ID = f"{SHOWN_ONLY}companions"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same files give the same bytes

_CELL = """\
#@title Supplied files: run this cell first {{ display-mode: "form" }}
# (supplied) The notebook works alone: the files that belong to it are packed below, for when they are not next to it.
def _unpack_companions(packed, libraries):
    import base64, importlib.util, io, pathlib, sys, tempfile, zipfile

    missing = [name for module, name in libraries.items() if importlib.util.find_spec(module) is None]
    if missing:
        command = "%pip install " + " ".join(missing)
        raise ModuleNotFoundError(f"This notebook needs libraries that are not installed here. Run `{{command}}` "
                                  "in a cell of its own, then this cell again.")
    with zipfile.ZipFile(io.BytesIO(base64.b85decode(packed))) as files:
        here = [(pathlib.Path(name), files.read(name)) for name in files.namelist()]
        if all(path.is_file() and path.read_bytes() == content for path, content in here):
            return
        folder = pathlib.Path("{name}-files")
        try:
            files.extractall(folder)
        except OSError:  # a folder that cannot be written to
            folder = pathlib.Path(tempfile.mkdtemp())
            files.extractall(folder)
    sys.path.insert(0, str(folder.resolve()))
    importlib.invalidate_caches()
    print(f"The supplied files were not next to this notebook: unpacked into {{folder}}.")


_unpack_companions(
    libraries={libraries},
    packed={packed!r},
)
del _unpack_companions
"""


def add_companions(notebook: dict[str, Any], name: str, folder: Path) -> dict[str, Any]:
    """The notebook with a cell before its first code cell that holds the files of `folder`."""
    cells = list(notebook["cells"])
    first = next((place for place, cell in enumerate(cells) if cell["cell_type"] == "code"), None)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if first is None or not files:
        return notebook
    used = libraries([cell["source"] for cell in cells if cell["cell_type"] == "code"], folder)
    packed = base64.b85encode(_zipped(files, folder)).decode()
    source = _CELL.format(
        name=name, libraries=used, packed=packed
    )  # one line, which is short even if it is not folded
    cell = {
        "cell_type": "code",
        "id": hashlib.sha1(f"{name}/{GRADE_ID}".encode()).hexdigest()[:8],
        "metadata": {
            "cellView": "form",  # folded away in Colab
            "jupyter": {"source_hidden": True},  # and in JupyterLab
            "nbgrader": {
                "grade": False,
                "grade_id": GRADE_ID,
                "locked": True,
                "schema_version": 3,
                "solution": False,
                "task": False,
            },
        },
        "source": source.rstrip("\n"),
        "execution_count": None,
        "outputs": [],
    }
    return notebook | {"cells": [*cells[:first], cell, *cells[first:]]}


def _zipped(files: list[Path], folder: Path) -> bytes:
    """Packed with bzip2, whose bytes are the same with every version of the library."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_BZIP2) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_BZIP2
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes())
    return content.getvalue()


def libraries(sources: list[str], folder: Path, optional: bool = False) -> dict[str, str]:
    """Module -> the name under which it is installed, for everything that these cells need to start.

    This includes what their supplied files import, but not what comes with Python.

    Args:
        optional: also what functions import when they are called.
    """
    modules: set[str] = set()
    seen: set[Path] = set()
    texts = list(sources)
    while texts:
        for module in imported_modules(texts.pop(), optional):
            file = folder.joinpath(*module.split(".")).with_suffix(".py")
            if file.is_file() and file not in seen:
                seen.add(file)
                texts.append(file.read_text(encoding="utf-8"))
            elif not folder.joinpath(module.split(".")[0]).is_dir() and file not in seen:
                modules.add(module.split(".")[0])
    return {
        module: _distributions().get(module, [module])[0]
        for module in sorted(modules - sys.stdlib_module_names)
    }


@cache
def _distributions() -> dict[str, list[str]]:
    return {module: sorted(names) for module, names in metadata.packages_distributions().items()}


def imported_modules(text: str, inside: bool) -> set[str]:
    """Dotted names of what a text imports, `inside` functions as well; `from a import b` gives both `a` and `a.b`."""
    found: set[str] = set()
    tree = ast.parse(without_magics(text))
    for node in ast.walk(tree) if inside else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
