"""Which submissions of a class are strikingly alike: for a person to compare, never a deduction.

A submission's code becomes tokens with the student's own names, comments and layout gone; its fingerprint is the set of
all runs of a few tokens that the release does not hold. scikit-learn weighs each run by its rarity in the class: what
everybody writes, because the task asks for it, weighs little. One sparse product compares all pairs.
"""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.assignment import Assignment
from autograder.submission import Submission

RUN = 8
"""Tokens in a run: about one statement."""
MAX_TOKENS = 60_000
"""Of one submission. Honest ones hold some two thousand."""
SHOWN = 15
_WORTH_SHOWING = 0.5

_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
_SKIPPED |= {tokenize.ENCODING, tokenize.ENDMARKER}


@dataclass(frozen=True)
class Pair:
    """Two students; `share` is the cosine of their weighted runs, 1.0 for the same code under other names."""

    one: str
    other: str
    share: float


@dataclass(frozen=True)
class Similarity:
    pairs: tuple[Pair, ...] = ()
    """The most alike first; at most SHOWN, each at least half alike."""
    usual: float = 0.0
    """The median, over the class, of the share with one's nearest neighbour."""


def code_of(submission: Submission) -> str:
    """The tokens of a submission's own code, separated by blanks; a cell ends with a line end."""
    cells = [_tokens(cell.source) for cell in submission.cells if cell.kind != "locked"]
    return "\n".join(" ".join(tokens) for tokens in cells)


def released_code(assignment: Assignment) -> str:
    """The same of all that students were given."""
    return "\n".join(" ".join(_tokens(cell.source)) for cell in assignment.cells if cell.kind == "code")


def compare(codes: Mapping[str, str], released: str) -> Similarity:
    """The pairs of students whose code (`code_of`) is most alike, what was `released` left out."""
    if len(codes) < 2:
        return Similarity()
    import numpy as np  # scikit-learn takes a second: only where a class has changed
    from sklearn.feature_extraction.text import TfidfVectorizer

    given = set(_runs(released))
    vectorizer = TfidfVectorizer(
        analyzer=lambda code: [run for run in _runs(code) if run not in given],
        sublinear_tf=True,
        dtype=np.float32,
    )
    students = list(codes)
    try:
        runs = vectorizer.fit_transform(codes.values())
    except ValueError:  # nobody wrote anything
        return Similarity()
    alike = (runs @ runs.T).toarray()
    np.fill_diagonal(alike, 0.0)
    pairs = [
        Pair(students[i], students[j], min(1.0, float(alike[i, j])))
        for i, j in np.argwhere(np.triu(alike) >= _WORTH_SHOWING)
    ]
    pairs.sort(key=lambda pair: (-round(pair.share, 4), pair.one, pair.other))
    return Similarity(tuple(pairs[:SHOWN]), float(np.median(alike.max(axis=1))))


def _runs(code: str) -> list[str]:
    """All runs of RUN tokens, none across the end of a cell; a shorter cell is one run."""
    runs = []
    for line in code.split("\n"):
        tokens = line.split(" ")
        runs += [" ".join(tokens[i : i + RUN]) for i in range(max(1, len(tokens) - RUN + 1)) if line]
    return runs


def _tokens(source: str) -> list[str]:
    """The tokens of a cell: a name of the student's own is `v`, a text `s`; attributes and keywords stay."""
    tokens: list[str] = []
    previous = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in _SKIPPED or len(tokens) >= MAX_TOKENS:
                continue
            text = token.string
            if token.type == tokenize.STRING:
                text = "s"
            elif token.type == tokenize.NAME and previous != "." and not keyword.iskeyword(text):
                text = "v"
            tokens.append(re.sub(r"\s", "", text))
            previous = token.string
    except (tokenize.TokenError, SyntaxError):  # what came before the fault counts
        pass
    return tokens
