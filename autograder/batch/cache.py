"""Keeps verdicts under the content of all that decides them, so that nothing is judged twice and nothing stale is
shown.

A verdict depends on the cells that run, on the hidden grader and the reference, on the code that judges, on the data
and on the libraries: its grounds. It does not depend on the student's name: equal cells get equal verdicts.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder.grading import data
from autograder.grading.assignment import REPOSITORY, SHARED, Assignment
from autograder.grading.report import ERROR, Report
from autograder.grading.submission import Submission
from autograder.grading.uses import Uses, uses_of

REPORTS = "reports"
KEPT = ".kept"

SURROUNDINGS = ("data", "libraries")
"""The grounds that belong to a machine. What a GPU decided elsewhere is accepted whatever they are there."""

_CODE = (
    "autograder/__init__.py",
    "autograder/graders/__init__.py",
    "autograder/grading",
    "autograder/sandbox",
    SHARED,
)
"""The code that decides a verdict, besides the assignment's own grader: a judge imports nothing else from this
repository."""
_ALWAYS = ("numpy", "pandas", "pytest")
"""What every judge imports; an assignment names what else it needs."""


class Kept:
    """The kept verdicts of one assignment in a course folder."""

    def __init__(self, root: Path, assignment: Assignment, unconfined: bool = False) -> None:
        """`unconfined`: whether to accept a verdict that was reached without a sandbox."""
        self._folder = root / REPORTS / KEPT / assignment.name
        self._unconfined = unconfined
        self._assignment = grounds_of(assignment)

    def grounds(self, submission: Submission) -> dict[str, str]:
        """All that decides the verdict on `submission`, by name."""
        return {"submission": submission.digest, **self._assignment}

    def load(self, grounds: Mapping[str, str], anywhere: bool = False) -> Report | None:
        """The verdict, unless the submission must be judged again, for example after a bug in the grader.

        `anywhere`: accept one that was reached with other data and other libraries.
        """
        try:
            content = json.loads(self._file(grounds).read_text(encoding="utf-8"))
            report, kept = Report.from_json(content["report"]), content["grounds"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not anywhere and kept != grounds:
            return None
        if any(task.status == ERROR for task in report.tasks.values()):
            return None
        return report if self._unconfined or report.sandbox != "none" else None

    def save(self, grounds: Mapping[str, str], report: Report) -> None:
        write_json(self._file(grounds), {"grounds": dict(grounds), "report": report.to_json()})

    def amend(self, grounds: Mapping[str, str], report: Report) -> None:
        """Replaces a kept verdict, part of which was decided on another machine; it stays under the first machine's
        grounds."""
        content = json.loads(self._file(grounds).read_text(encoding="utf-8"))
        write_json(self._file(grounds), {**content, "report": report.to_json()})

    def _file(self, grounds: Mapping[str, str]) -> Path:
        lasting = [f"{name} {digest}" for name, digest in sorted(grounds.items()) if name not in SURROUNDINGS]
        return self._folder / f"{hashlib.sha256(' '.join(lasting).encode()).hexdigest()}.json"


def grounds_of(assignment: Assignment) -> dict[str, str]:
    """What decides the verdicts of an assignment besides the submission."""
    files = deciding_files(assignment)
    digests = {name: _digest_of_files(files[name]) for name in ("grader", "release")}
    return {**digests, **_surroundings(uses_of(assignment.name, assignment.root))}


def deciding_files(assignment: Assignment) -> dict[str, list[Path]]:
    """Our files that decide a verdict, by the name of the ground that they belong to."""
    return {
        "grader": assignment.grader_files,
        "release": [*_below(assignment.release_folder), *_below(assignment.solutions_folder)],
        "code": _files_of(*_CODE),
    }


def judging_code() -> str:
    """A digest of the code that decides verdicts, as it is on disk now."""
    return code_digest(*_CODE)


def code_digest(*places: str) -> str:
    """A digest of these files of the repository, and of all files in these folders."""
    return _digest_of_files(_files_of(*places))


def _files_of(*places: str) -> list[Path]:
    return [path for place in places for path in _below(REPOSITORY / place)]


def write_json(file: Path, content: object) -> None:
    write_text(file, json.dumps(content) + "\n")  # on one line: indenting takes ten times as long


def read_json(file: Path) -> Any:
    """What `write_json` wrote; None if there is no readable file."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_text(file: Path, text: str) -> None:
    write_bytes(file, text.encode())


def write_bytes(file: Path, content: bytes) -> None:
    """Writes the whole file or nothing: a crash, Ctrl-C or a full disk leaves the old file. An OSError names `file`.

    A file with the same content is left alone: a second run over a class writes almost nothing.
    """
    name = None
    try:
        if file.is_file() and file.read_bytes() == content:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException as error:
        if name is not None:
            os.unlink(name)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(file)) from None
        raise


def what_failed(error: OSError) -> str:
    """What the system refused, with the file if it is known, and the fix for a full disk."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        what = f" ({error.filename} was not written)" if error.filename else ""
        return f"the disk is full{what}: free some space, and run the same command again"
    return (f"{error.filename}: " if error.filename else "") + str(error.strerror or error)


@lru_cache
def _surroundings(uses: Uses) -> dict[str, str]:
    """Digests of the judging code, the data and the libraries of this process, which do not change while it runs."""
    return {
        "code": judging_code(),
        "data": _digest_of_files(data.files(uses.data)),
        "libraries": ", ".join([*uses.libraries, *map(_version, (*_ALWAYS, *uses.requirements))]),
    }


def _version(requirement: str) -> str:
    name = re.match(r"[\w.-]*", requirement)[0]
    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return f"{name} missing"


def _digest_of_files(files: list[Path]) -> str:
    """A digest of names and contents, the same on every machine."""
    total = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes() if file.is_file() else b"missing"
        total.update(file.name.encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()


def _below(path: Path) -> list[Path]:
    if path.is_dir():
        return [
            file for file in sorted(path.rglob("*")) if file.is_file() and "__pycache__" not in file.parts
        ]
    return [path] if path.is_file() else []
