"""`nbgrader release_feedback` and formgrader's button, for a class whose submissions came by several doors."""

from __future__ import annotations

from pathlib import Path

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.abc import ExchangeReleaseFeedback
from nbgrader.exchange.default import ExchangeReleaseFeedback as DefaultReleaseFeedback

_KEYS = ("submission_secret.txt", "timestamp.txt")
"""What nbgrader's exchange puts next to a submission. By it the student's own nbgrader finds the feedback."""


class ReleaseFeedback(DefaultReleaseFeedback):
    """Leaves out who did not submit through the exchange ; nbgrader's own ends at the first of them."""

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
    """Without an exchange there is nothing to release to."""

    def start(self) -> None:
        self.log.error(
            "the exchange is off: return feedback with make return ASSIGNMENT=%s",
            self.coursedir.assignment_id,
        )
        raise ExchangeError("the exchange is off: return feedback with make return")
