"""The cells that the build adds to a source notebook: what to know at its start, and what to check before submitting.

Due dates come from the course's configuration, tasks and points from the notebook: nothing here is written twice.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from traitlets.config import Config

from autograder.build.source import Source
from autograder.gradebook.dates import due_date, shown
from autograder.grading.assignment import TESTS_SUFFIX
from autograder.grading.submission import SHOWN_ONLY

SUBMIT = f"{SHOWN_ONLY}submission-check"
_COLAB = "https://colab.research.google.com/github/"
_GITHUB = "https://github.com/"


def add_frame(notebook: dict[str, Any], source: Source, config: Config) -> dict[str, Any]:
    """The notebook with the information after its first cell, and how to submit at its end."""
    title, *rest = notebook["cells"]
    head = _markdown(source.name, "before-you-start", _before(source.name, config))
    end = _markdown(source.name, "submit", _submit(source.name, config))
    return notebook | {"cells": [title, head, *rest, end, _check(source, service_address(config))]}


def service_address(config: Config) -> str:
    """The address of `make serve`, if the last cell should offer it; otherwise ""."""
    return str(config.Release.get("service") or "")


def _before(name: str, config: Config) -> str:
    """How to run it, the due date, and the link to Colab if the release is published on GitHub."""
    lines = []
    published = config.Release.get("published")
    if published:
        place = f"{str(published).rstrip('/').removeprefix(_GITHUB)}/{name}/{name}.ipynb"
        badge = (
            f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({_COLAB}{place})"
        )
        lines += [badge, ""]
    due = _due(name, config)
    lines += [f"**Due** {due}.", ""] if due else []
    lines += [
        "**To run it** in JupyterLab, VS Code or Colab, run the cells from top to bottom, beginning with the next one: "
        "it finds the files that belong to this notebook, or unpacks them.",
    ]
    return "\n".join(lines)


def _submit(name: str, config: Config) -> str:
    due = _due(name, config)
    until = f" until {due}" if due else ""
    return (
        "## Submit\n\n"
        "Restart the kernel and run all cells once more: what works then works for the grader, too. The cell below "
        f"says what is still open. Then save the notebook and submit the file `{name}.ipynb`{until}."
    )


def _due(name: str, config: Config) -> str:
    due = due_date(config, name)
    return shown(due) if due else ""


def _check(source: Source, service: str) -> dict[str, Any]:
    graded = [cell for cell in source.cells if cell.is_grade]
    coding = [cell.grade_id.removesuffix(TESTS_SUFFIX) for cell in graded if not cell.is_solution]
    written = [cell.grade_id for cell in graded if cell.is_solution]
    mark = {
        "grade": False,
        "grade_id": SUBMIT,
        "locked": True,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    lines = [
        "# (supplied) what is still open",
        "from course import service, submission" if service else "from course import submission",
        "",
        "submission.check(",
        f'    "{source.name}",',
        f"    coding={_list(coding)},",
        f"    written={_list(written)},",
        ")",
    ]
    if service:
        lines.append(f"service.offer({json.dumps(source.name)}, {json.dumps(service)})")
    return {
        "cell_type": "code",
        "id": _id(source.name, SUBMIT),
        "metadata": {"nbgrader": mark},
        "source": "\n".join(lines),
        "execution_count": None,
        "outputs": [],
    }


def _list(words: list[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def _markdown(name: str, what: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": _id(name, what), "metadata": {}, "source": text}


def _id(name: str, what: str) -> str:
    return hashlib.sha1(f"{name}/{what}".encode()).hexdigest()[:8]
