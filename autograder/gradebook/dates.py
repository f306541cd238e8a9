"""Dates as an instructor writes and reads them. nbgrader keeps them in UTC, without a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from traitlets.config import Config

from autograder.gradebook.configuration import SettingsError

_HOURS = {"hour": 1, "hours": 1, "h": 1, "day": 24, "days": 24, "week": 7 * 24, "weeks": 7 * 24}


def due_date(config: Config, assignment: str) -> datetime | None:
    """When nbgrader_config.py says that `assignment` is due, in the time zone that it names.

    Raises:
        SettingsError: the setting is not a date with a time zone.
    """
    text = (config.LatePenalty.get("due") or {}).get(assignment)
    if text is None:
        return None
    try:
        return read_date(str(text))
    except ValueError:
        raise SettingsError(
            f"nbgrader_config.py: the due date of {assignment}, {text!r}, is no date with a time zone: "
            'write it like "2026-10-16 23:59 Europe/Berlin"'
        ) from None


def effective_due_date(config: Config, assignment: str, stored: datetime | None) -> datetime | None:
    """The due date of nbgrader_config.py if it names the assignment, otherwise `stored`, that of the gradebook."""
    written = due_date(config, assignment)
    if written is not None or stored is None:
        return written
    return stored.replace(tzinfo=UTC)


def read_date(text: str, zone: tzinfo | None = None) -> datetime:
    """A date such as "2026-10-16 23:59 Europe/Berlin"; `zone` is used for a date that names none.

    Raises:
        ValueError: it is not a date, or is a date without a time zone.
    """
    day, _, rest = text.strip().partition(" ")
    hour, _, name = rest.strip().partition(" ")
    local = datetime.fromisoformat(f"{day} {hour or '23:59'}")
    if local.tzinfo is not None:
        return local
    try:
        found = ZoneInfo(name.strip()) if name.strip() else zone
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"no time zone is called {name.strip()}") from error
    if found is None:
        raise ValueError("no time zone")
    return local.replace(tzinfo=found)


def read_duration(text: str) -> timedelta | None:
    """A duration such as "2 days" or "36 hours"; None if it is something else."""
    number, _, unit = text.strip().casefold().partition(" ")
    try:
        return timedelta(hours=float(number.replace(",", ".")) * _HOURS[unit.strip()])
    except (ValueError, KeyError, OverflowError):
        return None


def in_utc(local: datetime) -> datetime:
    """The time in UTC without a zone, as nbgrader keeps it."""
    return local.astimezone(UTC).replace(tzinfo=None)


def later(local: datetime, extension: timedelta) -> datetime:
    """So much later in real time, in the same time zone: an hour that the clocks skip or repeat is taken into
    account."""
    return (local.astimezone(UTC) + extension).astimezone(local.tzinfo)


def shown(local: datetime) -> str:
    """A date for students: Friday, 16 October 2026, 23:59 (Europe/Berlin)."""
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M} ({local.tzinfo})"
