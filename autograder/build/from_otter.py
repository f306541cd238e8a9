"""Read an assignment that was written for otter assign: the format with raw cells, and the one before it.

Otter's answers mark, line by line, what students do not get. Here a run of such lines is one solution region, so custom
prompts (`# BEGIN PROMPT`) are left out: students get `raise NotImplementedError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from autograder.build.foreign import (
    BEGIN,
    END,
    Check,
    Foreign,
    ForeignTask,
    Given,
    ImportRefused,
    Part,
    PublicChecks,
    as_region,
    slug,
    source_of,
    unused,
)

Cell = dict[str, Any]

_COMMAND = re.compile(
    r"^\s*#? ?((?:BEGIN|END) (?:QUESTION|SOLUTION|TESTS|PROMPT)|ASSIGNMENT CONFIG)\s*$", re.MULTILINE
)
_FENCED = re.compile(r"^```.*\n\s*BEGIN (QUESTION|ASSIGNMENT)\s*\n((?:.*\n)*?)```.*\n?", re.MULTILINE)
_OLD_TEST = re.compile(r"^\s*##?\s*(hidden\s+)?tests?\s*##?.*\n?", re.IGNORECASE)
_OLD_SOLUTION = re.compile(r"^\s*##\s*solution\s*##.*\n?", re.IGNORECASE)
_OLD_IGNORE = re.compile(r"^\s*##?\s*ignore\s*##?", re.IGNORECASE)
_TEST_CONFIG = re.compile(
    r'^\s*"""\s*#\s*BEGIN TEST CONFIG\s*\n((?:.*\n)*?)\s*"""\s*;?\s*#\s*END TEST CONFIG.*\n?', re.MULTILINE
)
_HIDDEN_LINE = re.compile(r"^#\s*HIDDEN\s*\n?", re.IGNORECASE)
_PROMPT = re.compile(
    r'^\s*"""\s*#\s*BEGIN PROMPT.*\n(?:.*\n)*?\s*"""\s*;?\s*#\s*END PROMPT.*$\n?', re.MULTILINE
)
_IGNORED = re.compile(
    r"^\s*#\s*BEGIN IGNORE.*\n(?:.*\n)*?\s*#\s*END IGNORE.*$\n?|^.*#\s*IGNORE\s*$\n?", re.MULTILINE
)
_LINE = re.compile(r"\s*#\s*SOLUTION(?: NO PROMPT)?\s*;?\s*$")
_BLOCK = re.compile(r"\s*#\s*(BEGIN|END) SOLUTION(?: NO PROMPT)?\s*$")


def is_otters(cells: list[Cell]) -> bool:
    return any(_command(cell) for cell in cells) or any(_FENCED.search(source_of(cell)) for cell in cells)


def read_otter(cells: list[Cell]) -> Foreign:
    """The parts of the notebook, in its order.

    Raises:
        ImportRefused: a question does not end, or its settings are not valid YAML.
    """
    found = Foreign([])
    names: set[str] = set()
    waiting = iter(_in_new_form(cells))
    for cell in waiting:
        command = _command(cell)
        if command == "BEGIN QUESTION":
            found.parts += _question(cell, waiting, names, found.notes)
        elif command is None and source_of(cell).strip() and cell["cell_type"] != "raw":
            source = _IGNORED.sub("", source_of(cell))
            if source.strip() and not _OLD_IGNORE.match(source):
                found.parts.append(Given(cell["cell_type"], source))
    return found


def _command(cell: Cell) -> str | None:
    """The command in a raw cell; in cells pasted from a web page, it is inside markup."""
    if cell["cell_type"] != "raw":
        return None
    match = _COMMAND.search(source_of(cell))
    return match[1] if match else None


def _settings(text: str, where: str) -> dict[str, Any]:
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ImportRefused(f"the settings of {where} are no YAML: {error}".splitlines()[0]) from None
    return read if isinstance(read, dict) else {}


# ---- the format before raw cells, written as the newer one


def _in_new_form(cells: list[Cell]) -> Iterator[Cell]:
    """Converts a question of the older format: a block in a text cell, then its answer, then its test cells."""
    in_question = answered = False
    for cell in cells:
        source = source_of(cell)
        fenced = _FENCED.search(source) if cell["cell_type"] != "code" else None
        test = _OLD_TEST.match(source) if cell["cell_type"] == "code" and in_question else None
        if in_question and answered and not test:
            yield from (_raw("# END TESTS"), _raw("# END QUESTION"))
            in_question = answered = False
        if fenced and fenced[1] == "ASSIGNMENT":
            continue
        if fenced:
            in_question = True
            yield _raw(f"# BEGIN QUESTION\n{fenced[2]}")
            yield cell | {"source": _FENCED.sub("", source)}
        elif test:
            hidden = "# HIDDEN\n" if test[1] else ""
            yield cell | {"source": hidden + _OLD_TEST.sub("", source, count=1)}
        elif in_question:
            answered = True
            yield from (_raw("# BEGIN SOLUTION"), cell, _raw("# END SOLUTION"), _raw("# BEGIN TESTS"))
        else:
            yield cell
    if in_question:
        yield from (_raw("# END TESTS"), _raw("# END QUESTION"))


def _raw(text: str) -> Cell:
    return {"cell_type": "raw", "metadata": {}, "source": text}


# ---- one question


def _question(first: Cell, waiting: Iterator[Cell], names: set[str], notes: list[str]) -> list[Part]:
    body = re.sub(r"<[^>]+>", "", source_of(first)).split("BEGIN QUESTION", 1)[1]
    settings = _settings(body, "a question")
    name = unused(slug(str(settings.get("name", ""))) or "question", names)
    text: list[Part] = []
    answers: list[Cell] = []
    prompts: list[Cell] = []
    tests: list[Cell] = []
    place: list[Cell] | None = None
    for cell in waiting:
        command = _command(cell)
        if command == "END QUESTION":
            break
        if command is not None:
            places = {"BEGIN SOLUTION": answers, "BEGIN PROMPT": prompts, "BEGIN TESTS": tests}
            place = places.get(command)
        elif place is not None:
            place.append(cell)
        elif cell["cell_type"] != "raw":
            text.append(Given(cell["cell_type"], _IGNORED.sub("", source_of(cell))))
    else:
        raise ImportRefused(f"the question {name} does not end: add a raw cell `# END QUESTION`")
    if not answers and not settings.get("manual"):
        notes.append(f"{name}: a question without a solution: left out")
        return text
    task = _answer(name, answers, prompts, notes)
    if settings.get("manual"):
        task.points = float(settings["points"]) if isinstance(settings.get("points"), int | float) else 1.0
        if tests:
            notes.append(f"{name}: {len(tests)} test cells of a question that is graded by hand: left out")
        return [*text, task]
    task.checks = _with_points([_check(cell) for cell in tests if cell["cell_type"] == "code"], settings)
    return [*text, task, PublicChecks(task)] if task.checks else [*text, task]


def _answer(name: str, answers: list[Cell], prompts: list[Cell], notes: list[str]) -> ForeignTask:
    code = [cell for cell in answers if cell["cell_type"] == "code"]
    if code:
        if any(_PROMPT.search(source_of(cell)) for cell in code):
            notes.append(f"{name}: its prompt was left out: students get `raise NotImplementedError`")
        return ForeignTask(name, "code", "\n\n".join(_with_regions(source_of(cell)) for cell in code))
    given = "\n\n".join(source_of(cell) for cell in prompts if cell["cell_type"] == "markdown")
    model = "\n\n".join(source_of(cell) for cell in answers) or "(no model answer)"
    return ForeignTask(name, "markdown", f"{given}\n\n{as_region(model)}".lstrip())


def _with_regions(source: str) -> str:
    """The source with solution regions instead of Otter's marks; an answer without any mark is one region."""
    source = _IGNORED.sub("", _PROMPT.sub("", _OLD_SOLUTION.sub("", source)))
    marked: list[tuple[bool, str]] = []  # (whether it is secret, line)
    inside = False
    for line in source.rstrip().split("\n"):
        if block := _BLOCK.match(line):
            inside = block[1] == "BEGIN"
        else:
            marked.append((inside or bool(_LINE.search(line)), _LINE.sub("", line)))
    if not any(secret for secret, _ in marked):
        return as_region(source)
    lines: list[str] = []
    for place, (secret, line) in enumerate(marked):
        indent = line[: len(line) - len(line.lstrip())]
        if secret and not (place and marked[place - 1][0]):
            lines.append(indent + BEGIN)
        lines.append(line)
        if secret and not (place + 1 < len(marked) and marked[place + 1][0]):
            begin = next(text for text in reversed(lines) if BEGIN in text)
            lines.append(begin.replace(BEGIN, END))
    return "\n".join(lines)


# ---- its tests


def _check(cell: Cell) -> tuple[Check, float | None]:
    """A test case, and its own points if it has any."""
    source = source_of(cell)
    config = _TEST_CONFIG.search(source)
    settings = _settings(config[1], "a test") if config else {}
    source = _TEST_CONFIG.sub("", source)
    hidden = bool(settings.get("hidden")) or bool(_HIDDEN_LINE.match(source))
    source = _HIDDEN_LINE.sub("", source).strip()
    sentence = str(settings.get("failure_message") or "")
    points = settings.get("points")
    check = Check(source, 0.0, "" if hidden else source, sentence, _output(cell))
    return check, float(points) if isinstance(points, int | float) else None


def _output(cell: Cell) -> str | None:
    """What the cell's last expression showed when the author ran it."""
    for output in cell.get("outputs", []):
        if output.get("output_type") == "execute_result":
            text = output.get("data", {}).get("text/plain")
            return text if isinstance(text, str) or text is None else "".join(text)
    return None


def _with_points(checks: list[tuple[Check, float | None]], settings: dict[str, Any]) -> list[Check]:
    """Points as otter gives them: a test's own, else an equal share of the question's remaining points."""
    given = settings.get("points")
    own = [points for _, points in checks]
    if isinstance(given, list):
        own = [float(points) for points in given[: len(own)]] + own[len(given) :]
    elif isinstance(given, dict) and "each" in given:
        own = [float(given["each"]) if points is None else points for points in own]
    open_cases = sum(points is None for points in own)
    if open_cases:
        if isinstance(given, int | float):
            left = max(0.0, float(given) - sum(points or 0.0 for points in own))
        else:
            left = 1.0 if open_cases == len(own) else 0.0
        own = [left / open_cases if points is None else points for points in own]
    return [replace(check, points=points) for (check, _), points in zip(checks, own, strict=True)]
