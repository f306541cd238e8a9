"""The rules file: what it may say, what is wrong with it in a sentence, and what follows for one more attempt."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.serve.rules import CourseRules, Rules, RulesRefused, duration, load, permission

KNOWN = {"titanic": frozenset({"fit", "mlp", "test_bias"}), "backprop": frozenset({"loss"})}
DUE = datetime(2026, 10, 16, 21, 59, tzinfo=UTC)
NOW = 1_800_000_000.0


def rules_of(text: str, tmp_path: Path) -> CourseRules:
    (tmp_path / "serve.toml").write_text(text)
    return load(tmp_path, KNOWN, lambda name: DUE if name == "titanic" else None)


def test_without_a_file_the_defaults_hold_and_the_due_date_closes(tmp_path: Path) -> None:
    found = load(tmp_path, KNOWN, lambda name: DUE if name == "titanic" else None)
    assert set(found.rules) == {"titanic", "backprop"}
    assert found.rules["backprop"] == Rules()
    assert found.rules["titanic"].closes == DUE


def test_the_file_in_the_repository_has_the_defaults_that_it_shows(tmp_path: Path) -> None:
    from autograder.grading.assignment import REPOSITORY

    text = (REPOSITORY / "serve.toml").read_text()
    assert rules_of(text, tmp_path) == load(
        tmp_path / "none", KNOWN, lambda name: DUE if name == "titanic" else None
    )
    everything = "\n".join(
        line.removeprefix("# ") for line in text.splitlines() if "=" in line or line[2:3] == "["
    )
    rules_of(everything, tmp_path)  # what is commented out there is right, too


@pytest.mark.parametrize(
    ("address", "port", "another"),
    [
        ("http://127.0.0.1:8100", 8100, False),
        ("http://127.0.0.1:8100", 9000, True),
        ("http://127.0.0.1:8000/services/try", 8100, False),
        ("https://try.example.org", 8100, False),
    ],
)
def test_a_port_that_no_browser_would_find_is_noticed(address: str, port: int, another: bool) -> None:
    assert CourseRules({}, address).is_of_another_port(port) == another


def test_an_assignments_table_changes_what_is_above(tmp_path: Path) -> None:
    found = rules_of(
        'assignments = ["titanic"]\nattempts_per_day = 3\n[titanic]\nspeak = "pass-fail"\n'
        'closes = "2026-12-01 12:00 Europe/Berlin"\n[titanic.tasks]\nmlp = "public"\ntest_bias = "all"\n',
        tmp_path,
    )
    (rules,) = found.rules.values()
    assert rules.attempts_per_day == 3
    assert rules.closes == datetime(2026, 12, 1, 11, tzinfo=UTC)
    speaks = rules.speaks("fit", "test_x"), rules.speaks("mlp", "test_x"), rules.speaks("mlp", "test_bias")
    assert speaks == ("pass-fail", "public", "all")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("attempts_per_day = 0", "attempts_per_day must be a whole number of at least 1"),
        ("attempts_per_hour = 2.5", "attempts_per_hour must be a whole number"),
        ("attempts_per_hour = true", "attempts_per_hour must be a whole number"),
        ("cooldown_seconds = -1", "cooldown_seconds must be a number of at least 0"),
        ("cooldown_growth = inf", "cooldown_growth must be a number of at least 1"),
        ("atempts_per_day = 1", "unknown key atempts_per_day: do you mean attempts_per_day?"),
        ('speak = "loudly"', 'speak must be one of "all", "pass-fail", "public"'),
        ('closes = "Friday"', 'closes must be written like "2026-10-16 23:59 Europe/Berlin"'),
        ("closes = 2026-10-16T23:59:00", "closes must be written like"),
        ('address = "try.example.org"', 'address must be written like "https://try.example.org"'),
        ('assignments = ["huge"]', "assignments must be a list of backprop, titanic"),
        ("waiting_limit = 0", "waiting_limit must be a whole number of at least 1"),
        ("[huge]", "no assignment huge: there are titanic, backprop"),
        ('[titanic.tasks]\nfitt = "all"', "titanic has no coding task or hidden test fitt"),
        ('[titanic.tasks]\nfit = "never"', "each of tasks must be one of"),
        ('[tasks]\nfit = "all"', "tasks belong to an assignment"),
        ("speak = ", "serve.toml cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RulesRefused) as refused:
        rules_of(text, tmp_path)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("before", "allowed"),
    [
        ([], True),
        ([29], False),  # seconds ago; the pause is 30 s
        ([30], True),
        ([9_000, 8_000, 67], False),  # the third pause is 67.5 s
        ([9_000, 8_000, 68], True),
        ([86_399], True),
        ([3_000, 2_000, 1_000], False),  # three in an hour
        ([3_601, 2_000, 1_000], True),
        ([80_000, 70_000, 60_000, 50_000], False),  # four in a day
        ([86_401, 70_000, 60_000, 50_000], True),
    ],
)
def test_how_often_one_may_try(before: list[float], allowed: bool) -> None:
    rules = Rules(attempts_per_hour=3, attempts_per_day=4)
    found = permission(rules, [NOW - ago for ago in before], NOW)
    assert found.allowed == allowed
    if not allowed:
        later = permission(rules, [NOW - ago for ago in before], found.when)
        assert later.allowed, "who comes when they were told may try"


def test_the_pause_has_an_end() -> None:
    assert Rules().pause(0) == 0
    assert Rules().pause(1000) == Rules().cooldown_longest_seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (0.2, "1 second"),
        (59.1, "1 minute"),
        (61, "2 minutes"),
        (3600, "1 h"),
        (3661, "1 h 2 min"),
    ],
)
def test_durations_are_rounded_up(seconds: float, words: str) -> None:
    assert duration(seconds) == words
