"""The commands of the manual: those of its pages run, in order, and print what the pages say.

The course is a small one. Numbers, and the assignment's name, may differ from the page's; the words may not. A line of
three dots stands for lines that are not shown. Blocks marked `bash check`, and commands in the text, are not run:
their targets, options and programs must exist.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps.nbgraderapp import NbGraderApp

from autograder.__main__ import _parser
from tests.docs.conftest import NAME, ManualCourse
from tests.docs.pages import PAGES, REPOSITORY, TUTORIAL, all_blocks, blocks, inline_code

STORIES = ("docs/instructor.md", "docs/lms.md", "docs/ci.md")
"""The pages whose blocks run, in this order, in one course: the later ones find what the instructor's week left."""

OPTION = re.compile(r"--[a-z-]+")
COMMAND = re.compile(r"([A-Z_]+=\S+ )*(make|nbgrader|(\.venv/bin/)?python -m autograder|\.venv/bin/\w+)( |$)")


def steps(console: str) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines that it prints."""
    found: list[tuple[str, list[str]]] = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def shape(text: str) -> list[str]:
    """The lines without what may differ: numbers, widths of columns, the assignment's name, empty lines."""
    text = re.sub(r", unchanged$", "", text, flags=re.MULTILINE)  # a release that was there before
    text = re.sub(r"\d+(\.\d+)?", "#", text.replace(NAME, "titanic"))
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def prints(printed: str, expected: list[str]) -> bool:
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in shape("\n".join(expected))
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in shape(printed))) is not None


def test_the_manuals_commands_run_and_print_what_it_says(course: ManualCourse) -> None:
    for page in STORIES:
        for block in blocks(page):
            if block.language == "console":
                for command, expected in steps(block.text):
                    printed = course.run(command)
                    wanted = "\n".join(expected)
                    assert prints(printed, expected), f"{block}: {command} prints\n{printed}\nnot\n{wanted}"
            elif block.language == "bash" and not block.mark:
                course.run(block.text)
    feedback = course.root / "feedback" / "bob" / NAME / f"{NAME}.html"
    assert "A number should come back doubled" in feedback.read_text(encoding="utf-8")
    assert "bob" in (course.root / "exports" / f"{NAME}-csv.csv").read_text(encoding="utf-8")
    assert (course.root / "submitted" / "ada" / NAME / f"{NAME}.ipynb").exists()


def test_no_command_is_left_out() -> None:
    run = {block for page in (*STORIES, TUTORIAL) for block in blocks(page)}
    for block in all_blocks("bash", "console", "sh", "shell", ""):
        assert block.language in ("bash", "console"), f"{block}: say which language"
        assert block.mark in ("", "check"), f"{block}: unknown mark"
        assert block.mark == "check" or block in run, f"{block}: add its page to STORIES, or mark it `check`"


@pytest.mark.parametrize("block", [block for block in all_blocks("bash") if block.mark], ids=str)
def test_commands_that_are_not_run_exist(block) -> None:
    for line in block.text.splitlines():
        assert complaint(line) == "", f"{block}: {line}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_the_text_exist(page: str) -> None:
    for code in inline_code(page):
        if COMMAND.match(code) and code != "make":
            assert complaint(code) == "", f"{page}: {code}"


@pytest.mark.parametrize("page", PAGES)
def test_options_in_the_text_exist(page: str) -> None:
    known = set(OPTION.findall(" ".join(command.format_help() for command in _commands().values())))
    for code in inline_code(page):
        if code.startswith("--"):
            assert set(OPTION.findall(code)) <= known, f"{page}: {code}"


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert complaint("make relaese")
    assert complaint("make grade ASIGNMENT=titanic")
    assert complaint(".venv/bin/python -m autograder score a.ipynb")
    assert complaint(".venv/bin/python -m autograder collect a.zip --assignment titanic --patern x")
    assert complaint(".venv/bin/python -m benchmarks.sedes titanic")
    assert complaint("nbgrader collect_everything")
    assert complaint(".venv/bin/juypter notebook")


def complaint(line: str) -> str:
    """What is wrong with a command, or ""."""
    words = shlex.split(line, comments=True)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    if not words:
        return ""
    program = words[0].removeprefix(".venv/bin/")
    if program == "make":
        return _complaint_about_make(words[1:])
    if program == "python" and words[1:3] == ["-m", "autograder"]:
        return _complaint_about_autograder(words[3:])
    if program == "python" and words[1] == "-m":
        return "" if _has_module(words[2]) else f"no module {words[2]}"
    if program == "nbgrader":
        known = NbGraderApp.subcommands
        return "" if len(words) == 1 or words[1] in known else f"nbgrader has no command {words[1]}"
    there = (Path(sys.prefix) / "bin" / program).exists() or (REPOSITORY / program).is_file()
    return "" if there or shutil.which(program) else f"no program {program} in .venv/bin"


def _complaint_about_make(words: list[str]) -> str:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for name in (word.partition("=")[0] for word in words if "=" in word):
        if not re.search(rf"\b{name}\b", makefile):
            return f"the Makefile does not use {name}"
    if len(words) == 1:  # named in the text, without what it would have to be told
        return "" if f"\n{words[0]}:" in makefile else f"no target {words[0]}"
    dry = subprocess.run(
        ["make", "--dry-run", "--old-file=.venv/.ready", *words],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    if dry.returncode:
        return dry.stderr
    printed = dry.stdout.replace("\\\n", " ").splitlines()
    calls = [shlex.split(line) for line in printed if line.startswith(".venv/bin/python -m autograder ")]
    complaints = [_complaint_about_autograder(call[3:]) for call in calls]
    return "".join(complaints)


def _complaint_about_autograder(words: list[str]) -> str:
    if len(words) == 1:  # named in the text
        return "" if words[0] in _commands() | {"--help": None} else f"no command {words[0]}"
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            _parser().parse_args(words)
    except SystemExit as stop:
        return said.getvalue() if stop.code else ""
    return ""


def _has_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command of `python -m autograder`."""
    return next(
        action.choices for action in _parser()._actions if action.dest == argparse.SUPPRESS and action.choices
    )
