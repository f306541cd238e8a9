"""The table of attacks in docs/safety.md counts what is there."""

from __future__ import annotations

import re

from corpora.corpus import cases
from tests.docs.pages import REPOSITORY, read
from tests.gradebook.attacks import MARKDOWN
from tests.lms.test_hostile_downloads import BROKEN, IMPERSONATIONS

ROW = re.compile(r"^\| [^|]+ \| (\d+) \| `([^`]+)` \|", re.MULTILINE)


def test_the_table_counts_the_attacks() -> None:
    escapes = (REPOSITORY / "autograder" / "sandbox" / "escapes.py").read_text()
    counted = [(int(number), place) for number, place in ROW.findall(read("docs/safety.md"))]
    assert counted == [
        (sum(case.kind == "hostile" for case in cases()), "corpora/*/hostile/"),
        (len(re.findall(r"^@attempt\(", escapes, re.MULTILINE)), "autograder/sandbox/escapes.py"),
        (len(MARKDOWN), "tests/gradebook/attacks.py"),
        (len(IMPERSONATIONS), "tests/lms/test_hostile_downloads.py"),
        (len(BROKEN), "tests/lms/test_hostile_downloads.py"),
    ]
