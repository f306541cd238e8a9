"""Sends the saved notebook to the course's service, and prints below the cell what the hidden tests say about it.

Nothing is sent before `send` is called: each notebook that is graded counts as an attempt.
"""

from __future__ import annotations

import getpass
import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from course import submission

_LINK_FILE = Path("~/.config/course-link")
_PATIENCE = 600
"""Seconds after which the verdict is left to the service's page."""
_course: dict[str, str] = {}
"""The assignment and the service's address, once the last cell has run."""


def offer(assignment: str, address: str) -> None:
    """Say how to send the notebook; for the last cell."""
    _course.update(assignment=assignment, address=address.rstrip("/"))
    print("To see what the hidden tests say: save the notebook, then run `service.send()` in a new cell.")


def send(link: str | None = None, file: Path | None = None) -> None:
    """Send the saved notebook, wait, and print the verdict.

    Args:
        link: your personal link; asked for, and kept for the next time, by default.
        file: the notebook; found by itself where Jupyter, VS Code or Colab says where it is.
    """
    if not _course:
        print("Run the last cell of the notebook first.")
        return
    notebook = (
        submission.read_notebook(file)
        if file is not None
        else submission.this_notebook(_course["assignment"])
    )
    if notebook is None:
        print(
            f"{_course['assignment']}.ipynb was not found here: save it, or upload it at {_course['address']}"
        )
        return
    code = _code(link)
    if not code:
        print(f"Your personal link is not known here: service.send('{_course['address']}/enter#…')")
        return
    answer = _ask(f"/try/{_course['assignment']}", code, json.dumps(notebook).encode())
    if "state" not in answer:
        print(answer["sentence"])
        return
    try:
        _wait(answer, code)
    except KeyboardInterrupt:
        print(f"Your notebook stays in the queue: {answer['page']}")


def _wait(answer: dict[str, Any], code: str) -> None:
    shown, end = "", time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        now = _ask(answer["state"].removeprefix(_course["address"]), code)
        if "text" in now or "state" not in now:
            print(now.get("text", now["sentence"]))
            return
        if now["sentence"] != shown:
            shown = now["sentence"]
            print(shown)
        time.sleep(now["seconds"])
    print(f"Not graded yet. The verdict will be at {answer['page']}")


def _code(link: str | None) -> str:
    """The code in the personal link: what comes after the #."""
    file = _LINK_FILE.expanduser()
    if link is None and file.is_file():
        link = file.read_text(encoding="utf-8")
    elif link is None:
        try:
            link = getpass.getpass("Your personal link: ")
        except (EOFError, RuntimeError, OSError):  # nobody is there to type it
            return ""
    code = link.strip().rpartition("#")[2]
    if code:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(code)
    return code


def _ask(path: str, code: str, content: bytes | None = None) -> dict[str, Any]:
    """What the service answers; a `sentence` where it cannot be asked."""
    request = urllib.request.Request(_course["address"] + path, content, {"Authorization": f"Bearer {code}"})
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=60) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        if error.code == 401:
            _LINK_FILE.expanduser().unlink(missing_ok=True)
        try:
            return {"sentence": json.load(error)["sentence"]}
        except (ValueError, KeyError, TypeError):
            return {"sentence": f"The service answered with an error ({error.code}): try again later."}
    except (OSError, ValueError) as error:
        return {"sentence": f"The service does not answer ({error}): try again later."}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The link is for the course's own service, and goes nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None
