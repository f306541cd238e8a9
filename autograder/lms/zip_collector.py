"""For `nbgrader zip_collect`: unpacks an LMS's download as `collect` reads it, and finds the owners of the files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin

from autograder.gradebook.checked_semester import checked_semester
from autograder.gradebook.configuration import SettingsError
from autograder.grading.safe_text import one_line
from autograder.lms.archives import Budget, DownloadRefused, Entry, Reader, TooMuch, opened
from autograder.lms.collect import students_of
from autograder.lms.names import Ignored, Names, NotUnderstood

_CONTENTS = " contents"
"""Ending of the folder for the content of a student's zip file: the names in it are the student's and decide
nothing."""


class Extractor(ExtractorPlugin):
    """Takes notebooks, within limits. nbgrader's own extractor unpacks everything, and stops at the first broken
    archive."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        budget = Budget()
        for source in sorted(Path(archive_path).iterdir()):
            target = Path(extracted_path)
            try:
                if source.suffix.lower() == ".zip":  # the LMS's own; its name says nothing
                    with opened(source) as entries:
                        self._take(entries, target / source.stem, budget)
                elif source.is_dir():
                    with opened(source) as entries:
                        self._take(entries, target / source.name, budget)
                else:
                    shutil.copy(source, target / source.name)
            except DownloadRefused as error:
                self.log.error(one_line(str(error)))

    def _take(self, entries: list[Entry], target: Path, budget: Budget) -> None:
        for entry in entries:
            with tempfile.TemporaryDirectory() as folder:
                reader = Reader(Path(folder), budget)
                try:
                    for number, notebook in enumerate(reader.read(entry), start=1):
                        place = target / entry.path
                        if entry.suffix == ".zip":
                            place = place.with_name(place.stem + _CONTENTS) / f"{number}.ipynb"
                        place.parent.mkdir(parents=True, exist_ok=True)
                        shutil.copyfile(notebook.file, place)
                except (TooMuch, OSError) as reason:
                    self.log.error(one_line(f"{entry.path}: {reason}"))
                for sentence in reader.left_out():
                    self.log.warning(sentence)


class Collector(FileNameCollectorPlugin):
    """Knows the names that `autograder collect` knows. With a custom `named_regexp`, nbgrader's rules apply."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._names: Names | None = None
        self._taken: dict[str, int] = {}

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        if self.named_regexp or Path(submitted_file).suffix not in self.valid_ext:
            return super().collect(submitted_file)
        coursedir = self.parent.coursedir
        if self._names is None:
            root, name = Path(coursedir.root), coursedir.assignment_id
            try:
                groups = checked_semester(root).groups(name)
            except SettingsError as error:
                self.log.error(one_line(str(error)))
                groups = {}
            self._names = Names(name, students_of(root), groups=groups)
        unpacked = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        place = Path(submitted_file).relative_to(unpacked)
        if place.parent.name.endswith(_CONTENTS):
            place = place.parent.with_name(place.parent.name.removesuffix(_CONTENTS) + ".zip")
        try:
            owner = self._names.owner(place.as_posix())
        except (NotUnderstood, Ignored) as reason:
            self.log.error(one_line(f"{place}: {reason}"))
            return None
        # another notebook of the same student gets another name: submitted.py takes the likeliest
        number = self._taken.setdefault(owner.student, 0)
        self._taken[owner.student] += 1
        file_id = f"{coursedir.assignment_id}-{number}" if number else coursedir.assignment_id
        found = {"student_id": owner.student, "file_id": file_id}
        if owner.timestamp is not None:
            found["timestamp"] = owner.timestamp.isoformat()
        return found
