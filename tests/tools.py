"""Tools of the machine that some tests need, and what to type where one is missing."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def require_tool(name: str, install: str, path: str | None = None) -> str:
    """The path of the program `name`, looked for in `path` (default: as the shell does). Without it the test is
    skipped with the command that installs it, and fails where COURSE_REQUIRE_TOOLS=1 says that everything must be
    there (as in CI)."""
    found = shutil.which(name, path=path)
    if found is None:
        missing(f"{name} is not installed: {install}")
    return found


def require_browser() -> str:
    """The path of Chromium, or of Chrome, which takes the same commands; else as `require_tool`."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path is not None:
            return path
    return require_tool("chromium", "apt-get install chromium")


def missing(sentence: str) -> NoReturn:
    """Something that this test needs is not here: skip with `sentence`, or fail where it must be here."""
    if os.environ.get("COURSE_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{sentence} (COURSE_REQUIRE_TOOLS=1)", pytrace=False)
    pytest.skip(sentence)
