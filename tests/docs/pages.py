"""The manual as the tests read it: README, CONTRIBUTING and docs/, with their fenced blocks and inline code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from autograder.grading.assignment import REPOSITORY

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "assignments/README.md",
    *sorted(path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "docs").glob("*.md")),
)

TUTORIAL = "docs/tutorial.md"
"""Its blocks are files, named in their first lines, and commands: test_tutorial.py follows it word by word."""

_BLOCK = re.compile(r"^```(?P<info>.*)\n(?P<text>(?s:.*?))^```$", re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block. Its info string is the language; `bash check` marks commands that are checked, not run."""

    page: str
    line: int
    language: str
    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def read(page: str) -> str:
    return (REPOSITORY / page).read_text(encoding="utf-8")


@cache
def blocks(page: str) -> tuple[Block, ...]:
    text = read(page)
    found = []
    for match in _BLOCK.finditer(text):
        language, _, mark = match["info"].strip().partition(" ")
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, language, mark, match["text"]))
    return tuple(found)


def all_blocks(*languages: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(page) if block.language in languages]


def prose(page: str) -> str:
    """The page without its fenced blocks."""
    return _BLOCK.sub("", read(page))


def inline_code(page: str) -> list[str]:
    return _INLINE.findall(prose(page))
