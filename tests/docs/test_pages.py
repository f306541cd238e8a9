"""What the pages point to exists: links, headings, pictures, and paths of the repository."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.docs.pages import PAGES, REPOSITORY, TUTORIAL, blocks, inline_code, prose, read

LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)|src=\"(?P<source>[^\"]+)\"")
WRITTEN = {block.mark for block in blocks(TUTORIAL)}
"""The files that a reader of the tutorial writes."""
ROOTS = ("assignments", "autograder", "benchmarks", "corpora", "docs", "scripts", "tests", "validity")


def anchors(page: str) -> set[str]:
    """The headings' addresses, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for match in LINK.finditer(read(page)):
        target = match["target"] or match["source"]
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = (REPOSITORY / page).parent / path if path else REPOSITORY / page
        assert file.exists(), f"{page}: {target}"
        if anchor:
            there = anchors(file.resolve().relative_to(REPOSITORY).as_posix())
            assert anchor in there, f"{page}: {target}, there are {sorted(there)}"


@pytest.mark.parametrize("page", PAGES)
def test_paths_exist(page: str) -> None:
    for code in inline_code(page):
        if code.split("/")[0] in ROOTS and "/" in code and not re.search(r"[<*\s]", code):
            assert code in WRITTEN or (REPOSITORY / code).exists(), f"{page}: {code}"


def test_no_page_is_without_a_link_from_the_readme_or_the_pages_it_links() -> None:
    reached, new = set(), {"README.md"}
    while new:
        page = new.pop()
        reached.add(page)
        for match in LINK.finditer(read(page)):
            file = (
                (REPOSITORY / page).parent / (match["target"] or match["source"]).partition("#")[0]
            ).resolve()
            if file.suffix == ".md" and file.is_relative_to(REPOSITORY):
                new |= {file.relative_to(REPOSITORY).as_posix()} - reached
    assert set(PAGES) <= reached


def test_the_readme_is_short_and_begins_with_the_picture() -> None:
    text = read("README.md")
    assert len(text.split()) <= 700
    assert len(text.partition("docs/images/class-report.png")[0].split()) < 60


def test_code_cites_pages_that_exist() -> None:
    listed = subprocess.run(
        [
            "git",
            "grep",
            "--untracked",
            "-hoE",
            r"docs/[a-z]+\.md|[A-Z]{5,}\.md",
            "--",
            "*.py",
            "*.toml",
            "*.yml",
            "*.sh",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for page in set(listed.stdout.split()):
        assert (REPOSITORY / page).exists(), page
