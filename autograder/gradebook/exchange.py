"""nbgrader's exchange, where students put folders that they own: `nbgrader collect`, `nbgrader release_feedback`, and
formgrader's buttons for both.

To collect, nbgrader copies such a folder with everything that its links lead to, waits for ever at a pipe, and stops at
the first name that it cannot read. Here a folder that is not a submission causes an error line for its owner, and
affects nobody else. Feedback is released to those who submitted through the exchange; the others are listed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path
from typing import Any

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.abc import ExchangeReleaseFeedback
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.exchange.default import ExchangeReleaseFeedback as DefaultReleaseFeedback
from nbgrader.utils import ignore_patterns, parse_utc

from autograder.batch.submitted import is_no_folder_name
from autograder.grading.safe_text import one_line

_NOBODY = ""
_NAMED = 5
_KEYS = ("submission_secret.txt", "timestamp.txt")
"""Files that the exchange puts next to a submission. With them the student's own nbgrader finds the feedback."""


class Collect(ExchangeCollect):
    """Collects files only, and from each student's own folders."""

    def init_src(self) -> None:
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"] != _NOBODY]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        try:
            record = super()._path_to_record(path)
            problem = _problem(Path(path), record["username"])
        except (ExchangeError, ValueError, OSError):
            problem = "not named as nbgrader names a submission"
        if not problem:
            return record
        self.log.error(one_line(f"{path} is not collected: {problem}"))
        return {"username": _NOBODY, "filename": "", "timestamp": parse_utc("1970-01-01 00:00:00 UTC")}

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        left_out: list[str] = []
        try:
            if self.get_size(src) > 1000 * self.coursedir.max_dir_size:
                raise OSError(f"larger than {self.coursedir.max_dir_size} kB")
            for folder, subfolders, files, opened in os.fwalk(src, follow_symlinks=False):
                ignored = self._ignored(folder, [*subfolders, *files])
                links = [name for name in subfolders if os.path.islink(os.path.join(folder, name))]
                subfolders[:] = sorted({*subfolders} - ignored - {*links})
                there = Path(dest, os.path.relpath(folder, src))
                there.mkdir(parents=True, exist_ok=True)
                for name in {*files, *links} - ignored:
                    if not _copy(name, opened, there / name):
                        left_out.append(os.path.relpath(os.path.join(folder, name), src))
        except OSError as error:
            shutil.rmtree(dest, ignore_errors=True)
            self.log.error(one_line(f"{src} is not collected: {error}"))
        if left_out:
            more = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
            names = ", ".join(sorted(left_out)[:_NAMED])
            self.log.warning(one_line(f"{src}: links and special files are not collected: {names}{more}"))

    def _ignored(self, folder: str, names: list[str]) -> set[str]:
        """What to leave out, by nbgrader's own settings."""
        settings = self.coursedir
        ignore = ignore_patterns(settings.ignore, settings.include, settings.max_file_size, self.log)
        return set(ignore(folder, names))


class ReleaseFeedback(DefaultReleaseFeedback):
    """Leaves out students who did not submit through the exchange; nbgrader's own class stops at the first of them."""

    def copy_files(self) -> None:
        outside = set()
        for folder in Path(self.coursedir.root).glob(
            self.coursedir.format_path(
                self.coursedir.feedback_directory, "*", self.coursedir.assignment_id
            ).removeprefix(f"{self.coursedir.root}/")
        ):
            if not all((folder / key).is_file() for key in _KEYS):
                outside.add(folder.parent.name)
        if outside:
            self.log.warning(
                "not submitted through the exchange: %s; return their feedback with make return ASSIGNMENT=%s",
                ", ".join(sorted(outside)),
                self.coursedir.assignment_id,
            )
        before = self.coursedir.student_id_exclude
        self.coursedir.student_id_exclude = ",".join(filter(None, [before, *sorted(outside)]))
        try:
            super().copy_files()
        finally:
            self.coursedir.student_id_exclude = before


class NoReleaseFeedback(ExchangeReleaseFeedback):
    """Without an exchange, there is nowhere to release feedback."""

    def start(self) -> None:
        self.log.error(
            "the exchange is off: return feedback with make return ASSIGNMENT=%s",
            self.coursedir.assignment_id,
        )
        raise ExchangeError("the exchange is off: return feedback with make return")


def _problem(folder: Path, student: str) -> str:
    """Why a folder in the inbound folder is not this student's submission; "" if it is."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return "not a folder"
    if is_no_folder_name(student) or not student:
        return "no student can be called so"
    try:
        account = pwd.getpwnam(student)
    except KeyError:  # on servers where all students share one account, this cannot be checked
        return ""
    if account.pw_uid != status.st_uid:
        return f"it belongs to another account than {student}'s"
    return ""


def _copy(name: str, folder: int, target: Path) -> bool:
    """Copies an ordinary file; False for anything else. It is opened first, because its owner may change it
    meanwhile."""
    try:
        source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        if stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise
        return False
    with open(source, "rb") as content:
        status = os.fstat(source)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:  # a hard link could be to any file
            return False
        with target.open("xb") as copy:
            shutil.copyfileobj(content, copy)
    return True
