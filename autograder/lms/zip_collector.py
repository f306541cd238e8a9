"""For `nbgrader zip_collect`: whose the files are that were unpacked from an LMS's download."""

from __future__ import annotations

from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

from autograder.lms.collect import Names, NotUnderstood, students_of


class Collector(FileNameCollectorPlugin):
    """Knows the names that `autograder collect` knows. A `named_regexp` of one's own is nbgrader's business as ever."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._names: Names | None = None
        self._taken: set[str] = set()

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        if self.named_regexp or Path(submitted_file).suffix not in self.valid_ext:
            return super().collect(submitted_file)
        coursedir = self.parent.coursedir
        if self._names is None:
            self._names = Names(coursedir.assignment_id, students_of(Path(coursedir.root)))
        unpacked = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        place = Path(submitted_file).relative_to(unpacked).as_posix()
        try:
            owner = self._names.owner(place)
        except NotUnderstood as reason:
            self.log.error("%s: %s", place, reason)
            return None
        # another notebook of the same student keeps its name: submitted.py takes the likeliest
        file_id = Path(place).stem if owner.student in self._taken else coursedir.assignment_id
        self._taken.add(owner.student)
        found = {"student_id": owner.student, "file_id": file_id}
        if owner.timestamp is not None:
            found["timestamp"] = owner.timestamp.isoformat()
        return found
