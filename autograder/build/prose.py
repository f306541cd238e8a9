"""What a source notebook's text contains besides Markdown: answers that are released later, and numbers tied to code.

    **Think about it.** Why does the loss not reach 0?

    ### BEGIN ANSWER
    The readings are noisy: no line has a loss below {{2.93 == best_loss}}.
    ### END ANSWER

An answer is folded away in `solutions/`, and in the release if the instructor asks for it. A claim is written
`{{shown == expression}}` and shown as its left side; `make solutions` computes the expression at its place in the
notebook and refuses a text that says something else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

BEGIN_ANSWER, END_ANSWER = "### BEGIN ANSWER", "### END ANSWER"
FOLDED = ("<details><summary>Answer</summary>", "")
UNFOLDED = ("", "</details>")

_CLAIM = re.compile(r"\{\{(?P<shown>[^{}\n]+?) == (?P<expression>.+?)\}\}")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class Claim:
    """A number that a text shows, or words that must be true, and the expression for it."""

    shown: str
    expression: str

    def holds(self, value: float) -> bool:
        """Whether `value`, rounded as the text rounds it, is what the text shows; words hold if it is not 0."""
        number = self.shown.replace("−", "-").replace(",", "").strip()
        if number.endswith("%"):
            number, value = number.removesuffix("%").strip(), 100 * value
        if not _NUMBER.fullmatch(number):
            return bool(value)
        return abs(value - float(number)) <= _half_unit(number) * (1 + 1e-6)


def claims(text: str) -> list[Claim]:
    """The claims of a text, in their order."""
    return [Claim(found["shown"], found["expression"]) for found in _CLAIM.finditer(text)]


def without_claims(text: str) -> str:
    """The text as readers see it: each claim replaced by what it shows."""
    return _CLAIM.sub(lambda found: found["shown"], text)


def with_answers(text: str, shown: bool) -> str:
    """The text with its answers folded away, or, if they are not to be shown, without them."""
    kept: list[str] = []
    inside = False
    for line in text.split("\n"):
        if BEGIN_ANSWER in line:
            inside = True
            if shown:
                kept += FOLDED
            else:
                while kept and not kept[-1].strip():
                    kept.pop()
        elif END_ANSWER in line:
            inside = False
            if shown:
                kept += UNFOLDED
        elif shown or not inside:
            kept.append(line)
    return "\n".join(kept)


def answer_lines(lines: Sequence[str]) -> list[str]:
    """The lines of a text that belong to its answers."""
    kept, inside = [], False
    for line in lines:
        if BEGIN_ANSWER in line:
            inside = True
        elif END_ANSWER in line:
            inside = False
        elif inside:
            kept.append(line)
    return kept


def findings(lines: Sequence[str], is_plain_text: bool) -> list[tuple[int, str]]:
    """Mistakes in the answers and claims of a cell: (line in the cell, from 0; what is wrong)."""
    found: list[tuple[int, str]] = []
    begun: int | None = None
    for place, line in enumerate(lines):
        if BEGIN_ANSWER in line:
            if not is_plain_text:
                found.append((place, "an answer belongs in a text cell that is not graded"))
            if begun is not None:
                found.append((place, "an answer begins inside another: end that one before"))
            begun = place
        elif END_ANSWER in line:
            if begun is None:
                found.append((place, "an answer ends that never began: remove it or add its begin"))
            begun = None
        for claim in claims(line):
            try:
                ast.parse(claim.expression, mode="eval")
            except SyntaxError:
                found.append((place, f"`{claim.expression}` is no Python expression"))
    if begun is not None:
        found.append((begun, f"this answer never ends: add `{END_ANSWER}`"))
    return found


def _half_unit(number: str) -> float:
    """Half a unit of the last significant digit: 0.005 for 2.93, 50 for 33600."""
    whole, _, decimals = number.lstrip("+-").partition(".")
    if decimals:
        return 0.5 * 10.0 ** -len(decimals)
    return 0.5 * 10.0 ** (len(whole) - len(whole.rstrip("0"))) if whole.strip("0") else 0.5
