"""The toolkit in docs/graders.md, from its docstrings: `python -m tests.docs.toolkit_reference` writes the table."""

from __future__ import annotations

import inspect

from autograder.grading import toolkit
from autograder.grading.assignment import REPOSITORY

PAGE = REPOSITORY / "docs" / "graders.md"
BEGIN, END = "<!-- begin toolkit -->\n", "<!-- end toolkit -->\n"


def reference() -> str:
    """A table row for each function and class that a grader may import: name, parameters, first sentence."""
    rows = ["| name | what it does |", "| --- | --- |"]
    for name in toolkit.__all__:
        thing = getattr(toolkit, name)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            parameters = ", ".join(inspect.signature(thing).parameters) if inspect.isfunction(thing) else ""
            call = f"{name}({parameters})" if inspect.isfunction(thing) else name
            summary = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
            rows.append(f"| `{call}` | {summary.replace('|', chr(92) + '|')} |")
    return "\n".join(rows) + "\n"


def with_reference(page: str) -> str:
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}{reference()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_reference(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
