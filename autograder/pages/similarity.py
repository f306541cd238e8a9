"""Finds submissions of a class that are strikingly alike, for the instructor to compare. Never a deduction.

A submission's code becomes tokens, without the student's own names, comments and layout; its fingerprint is the set of
all runs of a few tokens that are not in the release. scikit-learn weighs each run by its rarity in the class: what
everybody writes, because the task asks for it, weighs little. One sparse product compares all pairs, including those
with students of earlier years. Students who submit together are not compared.
"""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.grading.assignment import Assignment
from autograder.grading.submission import Submission

Code = Mapping[str, str]
"""The tokens of each cell, separated by blanks, by the cell's name."""

RUN = 8
"""Tokens in a run: about one statement."""
MAX_TOKENS = 60_000
"""The most tokens of one submission. Honest ones have some two thousand."""
_MAX_CHARACTERS = 100_000
"""The most characters of one submission that are compared. The longest solution has some thirty thousand."""
_MAX_LINE = 300
"""Characters of a line: before Python 3.12, tokenize reads its rest again for each quote that nothing closes."""
SHOWN = 15
_WORTH_SHOWING = 0.5
_LONG = 25
"""Two equal cells are mentioned if they have more tokens than this."""

_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
_SKIPPED |= {tokenize.ENCODING, tokenize.ENDMARKER}


@dataclass(frozen=True)
class Pair:
    """Two students; `share` is the cosine of their weighted runs: 1.0 for the same code with other names."""

    one: str
    other: str
    share: float
    same: tuple[str, ...] = ()
    """Cells that are equal except for names; short ones are left out."""
    year: str = ""
    """The name of the archive that `other` is in; empty for a student of this class."""


@dataclass(frozen=True)
class Similarity:
    pairs: tuple[Pair, ...] = ()
    """The most alike first; at most SHOWN, each at least half alike."""
    usual: float = 0.0
    """The median, over the class, of each student's share with the nearest neighbour."""


def code_of(submission: Submission) -> dict[str, str]:
    """A submission's own code."""
    codes, room = {}, _MAX_CHARACTERS
    for cell in submission.cells:
        if cell.kind != "locked":
            codes[cell.name] = " ".join(_tokens(cell.source[:room]))
            room = max(0, room - len(cell.source))
    return codes


def released_code(assignment: Assignment) -> dict[str, str]:
    """All code that students were given."""
    cells = (cell for cell in assignment.cells if cell.kind == "code")
    return {f"cell {place}": " ".join(_tokens(cell.source)) for place, cell in enumerate(cells)}


def compare(
    codes: Mapping[str, Code],
    released: Code,
    groups: Iterable[Sequence[str]] = (),
    earlier: Mapping[tuple[str, str], Code] | None = None,
) -> Similarity:
    """The pairs of students whose code (`code_of`) is most alike, leaving out what was `released`.

    Args:
        groups: students who submit together.
        earlier: code of earlier years, by year and student.
    """
    earlier = earlier or {}
    if not codes or len(codes) + len(earlier) < 2:
        return Similarity()
    import numpy as np  # importing scikit-learn takes a second: only if a class has changed
    from sklearn.feature_extraction.text import TfidfVectorizer

    given = set(_runs(released))
    vectorizer = TfidfVectorizer(
        analyzer=lambda code: [run for run in _runs(code) if run not in given],
        sublinear_tf=True,
        dtype=np.float32,
    )
    students, others = list(codes), [("", student) for student in codes] + list(earlier)
    all_codes = [*codes.values(), *earlier.values()]
    try:
        runs = vectorizer.fit_transform(all_codes)
    except ValueError:  # nobody wrote anything
        return Similarity()
    alike = (
        runs[: len(students)] @ runs.T
    ).toarray()  # rows: this class; columns: this class, then earlier years
    np.fill_diagonal(alike, 0.0)
    for group in groups:
        together = [students.index(student) for student in group if student in codes]
        alike[np.ix_(together, together)] = 0.0
    found = [
        (-round(min(1.0, float(alike[i, j])), 4), students[i], others[j], j)
        for i, j in np.argwhere(np.triu(alike) >= _WORTH_SHOWING)
    ]
    pairs = [
        Pair(one, other, -share, _same_cells(codes[one], all_codes[j], released), year)
        for share, one, (year, other), j in sorted(found)[:SHOWN]
    ]
    return Similarity(tuple(pairs), float(np.median(alike[:, : len(students)].max(axis=1))))


def _same_cells(one: Code, other: Code, released: Code) -> tuple[str, ...]:
    given = set(released.values())
    return tuple(
        name
        for name, tokens in one.items()
        if tokens == other.get(name) and tokens not in given and tokens.count(" ") >= _LONG
    )


def _runs(code: Code) -> list[str]:
    """All runs of RUN tokens within a cell; a shorter cell is one run."""
    runs = []
    for cell in code.values():
        tokens = cell.split(" ")
        runs += [" ".join(tokens[i : i + RUN]) for i in range(max(1, len(tokens) - RUN + 1)) if cell]
    return runs


def _tokens(source: str) -> list[str]:
    """The tokens of a cell: the student's own names become `v`, strings `s`; attributes and keywords stay."""
    tokens: list[str] = []
    previous = ""
    try:
        lines = "\n".join(line[:_MAX_LINE] for line in source.split("\n"))
        for token in tokenize.generate_tokens(io.StringIO(lines).readline):
            if token.type in _SKIPPED or len(tokens) >= MAX_TOKENS:
                continue
            text = token.string
            if token.type == tokenize.STRING:
                text = "s"
            elif token.type == tokenize.NAME and previous != "." and not keyword.iskeyword(text):
                text = "v"
            tokens.append(re.sub(r"\s", "", text))
            previous = token.string
    except (tokenize.TokenError, SyntaxError):  # the tokens before the error count
        pass
    return tokens
