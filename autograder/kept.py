"""Verdicts kept by the hash of all that decides them, so that nothing is judged twice and nothing stale is shown.

A verdict hangs on the cells that run, on the hidden grader and the reference, on the code that judges, on the data
and on the libraries. It does not hang on the student's name: equal cells get equal verdicts.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from autograder.assignment import REPOSITORY, Assignment
from autograder.report import DEFERRED, ERROR, Report
from autograder.submission import Submission

REPORTS = "reports"
KEPT = ".kept"

# What decides a verdict. The rest of autograder/ builds assignments, reads files (the digest covers what it read)
# and writes gradebooks.
_CORE = (
    "checks.py",
    "data.py",
    "judge.py",
    "plugin.py",
    "remembered.py",
    "report.py",
    "student.py",
    "sandbox",
)
_LIBRARIES = ("numpy", "pandas", "pytest", "scikit-learn", "torch", "torchvision")
_DATA_FILES = ("*.csv", "*.npz", "*ubyte", "*ubyte.gz")


class Kept:
    """The kept verdicts of one assignment in a course folder."""

    def __init__(self, root: Path, assignment: Assignment, unconfined: bool = False) -> None:
        """`unconfined`: whether a verdict that was reached without a sandbox will do."""
        self._folder = root / REPORTS / KEPT / assignment.name
        self._unconfined = unconfined
        self._assignment = _digest_of_files(_files_of(assignment))

    def key(self, submission: Submission) -> str:
        text = f"{submission.digest} {self._assignment} {_surroundings()}"
        return hashlib.sha256(text.encode()).hexdigest()

    def load(self, key: str) -> Report | None:
        """The verdict, unless it has to be reached again: a grader's fault, or a GPU test that could now run."""
        try:
            report = Report.from_json(json.loads(self._file(key).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        statuses = {task.status for task in report.tasks.values()}
        if ERROR in statuses or (DEFERRED in statuses and _has_gpu()):
            return None
        return report if self._unconfined or report.sandbox != "none" else None

    def save(self, key: str, report: Report) -> None:
        write_json(self._file(key), report.to_json())

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def write_json(file: Path, content: object) -> None:
    write_text(file, json.dumps(content, indent=1) + "\n")


def write_text(file: Path, text: str) -> None:
    """Whole or not at all: a crash or Ctrl-C leaves the old file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def _files_of(assignment: Assignment) -> list[Path]:
    folders = [assignment.release_folder, assignment.solutions_folder]
    return [assignment.grader_file, *(path for folder in folders for path in _below(folder))]


@lru_cache(maxsize=1)
def _surroundings() -> str:
    """The judging code, the data and the libraries of this process: they do not change while it runs."""
    core = [path for name in _CORE for path in _below(REPOSITORY / "autograder" / name)]
    versions = " ".join(f"{name}={metadata.version(name)}" for name in _LIBRARIES)
    return f"{_digest_of_files(core)} {_digest_of_data()} {versions}"


def _digest_of_data() -> str:
    from autograder import data  # imports more than a run without new submissions needs to start with

    folder = data.folder()
    if folder is None:
        return "none"
    files = sorted({path for pattern in _DATA_FILES for path in Path(folder).rglob(pattern)})
    facts = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _digest_of_files(files: list[Path]) -> str:
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


def _has_gpu() -> bool:
    import torch  # seconds: only where a verdict waits for a GPU

    return torch.cuda.is_available()
