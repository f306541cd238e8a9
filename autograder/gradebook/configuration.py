"""nbgrader's settings for a course folder. Read without nbgrader, whose import takes seconds."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from traitlets import Dict, Enum, Float, HasTraits, Integer, TraitError, Unicode
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.grading.assignment import REPOSITORY, Refusal, names, released
from autograder.grading.safe_text import one_line

FILE = "nbgrader_config.py"


class SettingsError(Refusal):
    """Something in a file of the course cannot be used; each line of the message is one sentence with the fix."""


class LateSettings(HasTraits):
    """The settings of late.LatePenalty, which needs nbgrader."""

    due = Dict(
        Unicode(),
        help='When each assignment is due, with the time zone: {"titanic": "2026-10-16 23:59 Europe/Berlin"}. '
        "An assignment that is not named keeps the due date that the gradebook has for it.",
    ).tag(config=True)
    penalty_method = Enum(
        ("none", "zero", "percent"),
        default_value="none",
        help='What a late submission loses: nothing, all its points, or "percent": some of them each day.',
    ).tag(config=True)
    percent_a_day = Float(
        10.0,
        min=0.0,
        max=100.0,
        help="Percent of the points that a submission loses for each day begun.",
    ).tag(config=True)
    free_days = Integer(
        0,
        min=0,
        help="How many days of the semester each student may be late without a penalty.",
    ).tag(config=True)


_ALLOWED = {
    "due": 'the dates in quotes by assignment, {"titanic": "2026-10-16 23:59 Europe/Berlin"}',
    "penalty_method": '"none", "zero" or "percent"',
    "percent_a_day": "a number from 0 to 100",
    "free_days": "a whole number, 0 or more",
}


def read_configuration(root: Path) -> Config:
    """The settings of the course folder `root`, from its own nbgrader_config.py or, without one, this repository's.

    Raises:
        SettingsError: one of them cannot be used.
    """
    return _read(root if (root / FILE).is_file() else REPOSITORY, root)


def own_configuration(root: Path) -> Config:
    """The settings of the course folder's own nbgrader_config.py; empty without one."""
    return _read(root, root) if (root / FILE).is_file() else Config()


def _read(folder: Path, root: Path) -> Config:
    config = PyFileConfigLoader(FILE, path=str(folder)).load_config()
    place = str(root.resolve())
    # nbgrader makes a URL from the path, and writes it to a file in which % is special, without quoting either
    if not config.CourseDirectory.get("db_url") and not {"%", "?"}.isdisjoint(place):
        raise SettingsError(
            f"nbgrader cannot open a gradebook in {place}, because of the % or ? in it: rename the folder"
        )
    _check(config, folder)
    return config


def _check(config: Config, folder: Path) -> None:
    """Reports a mistyped setting of LatePenalty before anything is done: nbgrader would stop in the middle, and ignore
    a due date of an assignment that does not exist."""
    settings = LateSettings()
    for name, allowed in _ALLOWED.items():
        if name in config.LatePenalty:
            value = config.LatePenalty[name]
            try:
                setattr(settings, name, value)
            except TraitError:
                raise SettingsError(f"{FILE}: c.LatePenalty.{name} is {value!r}: write {allowed}") from None
    known = {*released(folder), *names(folder)}  # one that is not built yet may have its due date
    unknown = [name for name in settings.due if known and name not in known]
    if unknown:
        hint = nearest(unknown[0], known) or f"the assignments are {', '.join(sorted(known))}"
        raise SettingsError(
            one_line(f"{FILE}: c.LatePenalty.due names {unknown[0]}, which is no assignment: {hint}")
        )


def nearest(name: str, known: Iterable[str]) -> str:
    """The question whether the most similar of the known names is meant; "" if none is similar."""
    found = get_close_matches(name, known, n=1)
    return f"did you mean {found[0]}?" if found else ""


def database_url(config: Config, root: Path) -> str:
    """Where the gradebook is, as an SQLAlchemy URL."""
    return config.CourseDirectory.get("db_url") or f"sqlite:///{root.resolve() / 'gradebook.db'}"
