"""The house itself: the lock, the commands, and what a missing tool means."""

from __future__ import annotations

import re

import pytest

from autograder.grading.assignment import REPOSITORY
from tests.tools import require_tool

LOCK = [
    line for line in (REPOSITORY / "requirements.lock").read_text().splitlines() if not line.startswith("#")
]


def test_every_requirement_is_pinned_and_none_names_a_place():
    pin = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+( ; [a-z_]+ [!=]= \"\w+\"( and [a-z_]+ == \"\w+\")*)?")
    assert [line for line in LOCK if not pin.fullmatch(line)] == []


def test_libraries_of_one_platform_are_marked_as_such():
    cuda = [line for line in LOCK if line.startswith(("nvidia-", "cuda-", "triton"))]
    assert cuda
    assert [
        line for line in cuda if 'platform_system == "Linux" and platform_machine == "x86_64"' not in line
    ] == []


def test_every_command_is_explained():
    makefile = (REPOSITORY / "Makefile").read_text().replace("\\\n", "")
    commands = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    explained = re.findall(r"^([a-z-]+):.*## \w", makefile, re.MULTILINE)
    assert sorted(commands) == sorted(explained)


def test_a_missing_tool_skips_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.delenv("COURSE_REQUIRE_TOOLS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-tool is not installed: apt-get install it"):
        require_tool("no-such-tool", "apt-get install it")


def test_a_missing_tool_fails_where_everything_must_be_there(monkeypatch):
    monkeypatch.setenv("COURSE_REQUIRE_TOOLS", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-tool is not installed"):
        require_tool("no-such-tool", "apt-get install it")


def test_a_tool_that_is_there_is_found():
    assert require_tool("sh", "nothing").endswith("sh")
