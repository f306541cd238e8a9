"""The rules of the service, from `serve.toml` in the course folder: how often students can try, how much a verdict
reveals, and when.

Keys above the first table apply to every assignment; a table named after an assignment overrides them for it. A course
without the file has the defaults.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autograder.gradebook.dates import read_date, shown
from autograder.grading.assignment import Refusal

FILE = "serve.toml"
ALL, PASS_FAIL, PUBLIC = "all", "pass-fail", "public"
SPEAK = (ALL, PASS_FAIL, PUBLIC)
"""How much a hidden test reveals: its sentence, whether it passed, or nothing beyond the notebook's public checks."""
_HOUR, _DAY = 3600, 24 * 3600
_TELLS = {
    ALL: "You read what each hidden test says.",
    PASS_FAIL: "You read which hidden tests pass, and not why others fail.",
    PUBLIC: "The hidden tests tell you nothing before the deadline: go by the public checks in your notebook.",
}
_TELL_ALONE = {
    ALL: "These tell all",
    PASS_FAIL: "These tell only whether they pass",
    PUBLIC: "These tell nothing before the deadline",
}


class RulesRefused(Refusal):
    """serve.toml cannot be used; each line of the message is one sentence that names the key and the fix."""


@dataclass(frozen=True)
class Rules:
    """The rules of one assignment."""

    attempts_per_hour: int = 6
    attempts_per_day: int = 20
    cooldown_seconds: float = 30
    """The pause after the first attempt of a day."""
    cooldown_growth: float = 1.5
    """The factor by which the pause grows with each further attempt of the day."""
    cooldown_longest_seconds: float = 900
    speak: str = ALL
    tasks: Mapping[str, str] = field(default_factory=dict)
    """Tasks, or individual hidden tests, that reveal more or less than `speak`."""
    opens: datetime | None = None
    closes: datetime | None = None
    largest_notebook_mb: float = 10
    keep_notebooks: int = 10
    """How many of a student's newest uploads are kept; at least one."""

    def speaks(self, task: str, test: str) -> str:
        return self.tasks.get(test, self.tasks.get(task, self.speak))

    def pause(self, attempts: int) -> float:
        """Seconds between the last of this many attempts in a day and the next."""
        if not attempts:
            return 0.0
        exponent = min(attempts - 1, 100)  # more would overflow
        return min(self.cooldown_seconds * self.cooldown_growth**exponent, self.cooldown_longest_seconds)


@dataclass(frozen=True)
class CourseRules:
    """The rules for the service as a whole, and those of each assignment."""

    rules: Mapping[str, Rules]
    address: str = "http://127.0.0.1:8100"
    """Where students' browsers find the service."""
    instructors: tuple[str, ...] = ()
    """Accounts of a JupyterHub that see all attempts."""
    waiting_limit: int = 500
    """The most notebooks that can wait; beyond this, an upload is refused with the waiting time."""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def path(self) -> str:
        """The prefix of every path of the service: "" or "/try"."""
        return urlsplit(self.address).path.rstrip("/")

    def is_of_another_port(self, port: int) -> bool:
        """Whether the address is this machine's own, without a proxy in front of the service, but has another port."""
        parts = urlsplit(self.address)
        return parts.hostname in ("127.0.0.1", "localhost") and not self.path and (parts.port or 80) != port

    @property
    def is_https(self) -> bool:
        return self.address.startswith("https://")


@dataclass(frozen=True)
class Permission:
    """Whether a student may try now; if not, why, and from when on (seconds since 1970; None: never again)."""

    allowed: bool
    sentence: str = ""
    when: float | None = None


def permission(rules: Rules, attempts: Sequence[float], now: float) -> Permission:
    """What the rules say about one more attempt.

    Args:
        attempts: when the student's counted attempts at this assignment came in, in seconds since 1970.
    """
    today = sorted(when for when in attempts if when > now - _DAY)
    hour = [when for when in today if when > now - _HOUR]
    if rules.opens is not None and now < rules.opens.timestamp():
        return Permission(False, f"This opens on {shown(rules.opens)}.", rules.opens.timestamp())
    if rules.closes is not None and now >= rules.closes.timestamp():
        return Permission(False, f"This closed on {shown(rules.closes)}.", None)
    waits = (
        [(today[-1] + rules.pause(len(today)), "The pause grows with each attempt of a day.")]
        if today
        else []
    )
    for limit, window, recent, unit in (
        (rules.attempts_per_hour, _HOUR, hour, "hour"),
        (rules.attempts_per_day, _DAY, today, "24 hours"),
    ):
        if len(recent) >= limit:
            only = f"all {limit} attempts" if limit > 1 else "your attempt"
            waits.append((recent[-limit] + window, f"You have used {only} of the last {unit}."))
    when, why = max(waits, default=(now, ""))
    if when > now:
        return Permission(False, f"{why} You can try again in {duration(when - now)}.", when)
    return Permission(True)


def duration(seconds: float) -> str:
    """The duration in words, rounded up, so that nobody who comes back after it is too early."""
    seconds = max(1, -int(-seconds // 1))
    if seconds < 60:
        return f"{seconds} second{'s' if seconds != 1 else ''}"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return f"{minutes} minute{'s' if minutes != 1 else ''}"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def in_words(rules: Rules) -> list[str]:
    """The rules as sentences, for students and for the instructor."""
    pause = ""
    if rules.cooldown_seconds:
        pause = f", with a pause of {duration(rules.cooldown_seconds)} after the first attempt, which grows with each"
    found = [
        f"You can try {rules.attempts_per_hour} times in an hour and {rules.attempts_per_day} times in "
        f"24 hours{pause}.",
        _TELLS[rules.speak],
    ]
    by_kind: dict[str, list[str]] = {}
    for name, speak in rules.tasks.items():
        by_kind.setdefault(speak, []).append(name)
    found += [f"{_TELL_ALONE[speak]}: {', '.join(names)}." for speak, names in by_kind.items()]
    if rules.opens is not None:
        found.append(f"Opens on {shown(rules.opens)}.")
    if rules.closes is not None:
        found.append(
            f"Closes on {shown(rules.closes)}. Your last upload until then is kept for your instructor."
        )
    return found


def load(
    root: Path, assignments: Mapping[str, frozenset[str]], due: Callable[[str], datetime | None]
) -> CourseRules:
    """The rules of the course folder `root`.

    Args:
        assignments: the assignments that could be served, each with the names of its coding tasks and hidden tests.
        due: when an assignment is due; it closes then if serve.toml gives no time.

    Raises:
        RulesRefused: see there.
    """
    try:
        content = tomllib.loads((root / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = {}
    except (OSError, ValueError) as error:
        raise RulesRefused(f"{FILE} cannot be read: {error}") from None
    wrong: list[str] = []
    tables = {key: value for key, value in content.items() if isinstance(value, dict) and key != "tasks"}
    general = {key: value for key, value in content.items() if key not in tables}
    served = general.pop("assignments", None)
    course = {key: general.pop(key) for key in ("address", "instructors", "waiting_limit") if key in general}
    wrong += _wrong_of_course(course, served, set(assignments))
    if "tasks" in general:
        wrong.append(f"{FILE}: tasks belong to an assignment: write [titanic.tasks]")
    base = _rules(general, FILE, wrong)
    rules = {}
    for name in tables:
        if name not in assignments:
            wrong.append(f"{FILE}: no assignment {name}: there are {', '.join(assignments) or 'none'}")
    for name in served if isinstance(served, list) and not wrong else assignments:
        table = tables.get(name, {})
        found = _rules(table, f"{FILE}, [{name}]", wrong, base)
        for task in found.tasks:
            if task not in assignments[name]:
                wrong.append(f"{FILE}, [{name}.tasks]: {name} has no coding task or hidden test {task}")
        rules[name] = found if found.closes is not None else dataclasses.replace(found, closes=due(name))
    if wrong:
        raise RulesRefused("\n".join(wrong))
    if "instructors" in course:
        course["instructors"] = tuple(course["instructors"])
    return CourseRules(rules, **course)


def _wrong_of_course(course: Mapping[str, Any], served: Any, known: set[str]) -> list[str]:
    wrong = []
    if served is not None and (not isinstance(served, list) or not set(map(str, served)) <= known):
        wrong.append(f"{FILE}: assignments must be a list of {', '.join(sorted(known))}")
    parts = (
        urlsplit(course["address"])
        if isinstance(course.get("address", ""), str) and "address" in course
        else None
    )
    if "address" in course and (parts is None or parts.scheme not in ("http", "https") or not parts.netloc):
        wrong.append(f'{FILE}: address must be written like "https://try.example.org"')
    instructors = course.get("instructors", [])
    if not isinstance(instructors, list) or not all(isinstance(one, str) for one in instructors):
        wrong.append(f'{FILE}: instructors must be a list like ["grace"]')
    if not _is_number(course.get("waiting_limit", 1), int, 1):
        wrong.append(f"{FILE}: waiting_limit must be a whole number of at least 1")
    return wrong


def _rules(table: Mapping[str, Any], where: str, wrong: list[str], base: Rules | None = None) -> Rules:
    """`base` with the changes in `table`; mistakes in it are added to `wrong`."""
    base = base if base is not None else Rules()
    known = [one.name for one in dataclasses.fields(Rules)]
    found = {}
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            wrong.append(f"{where}: unknown key {key}{f': do you mean {near[0]}?' if near else ''}")
        elif key in ("opens", "closes"):
            found[key] = _moment(value)
            if found[key] is None:
                wrong.append(f'{where}: {key} must be written like "2026-10-16 23:59 Europe/Berlin"')
        elif key == "tasks":
            found[key] = value
            if not isinstance(value, dict) or not all(one in SPEAK for one in value.values()):
                wrong.append(f"{where}: each of tasks must be one of {_these(SPEAK)}")
                found[key] = {}
        elif key == "speak":
            found[key] = value
            if value not in SPEAK:
                wrong.append(f"{where}: speak must be one of {_these(SPEAK)}")
        else:
            whole = isinstance(getattr(base, key), int) and not key.endswith(("seconds", "mb", "growth"))
            least = 0 if key.endswith("seconds") else 1
            found[key] = value
            if key == "largest_notebook_mb":
                least = 0.01
            if not _is_number(value, int if whole else (int, float), least):
                wrong.append(
                    f"{where}: {key} must be a {'whole ' if whole else ''}number of at least {least}"
                )
                del found[key]
    return dataclasses.replace(base, **found)


def _is_number(value: Any, kind: type | tuple[type, ...], least: float) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool) and least <= value < float("inf")


def _these(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _moment(value: Any) -> datetime | None:
    """A time with a zone, written as due dates in nbgrader_config.py or as in TOML."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    if not isinstance(value, str):
        return None
    try:
        return read_date(value)
    except ValueError:
        return None
