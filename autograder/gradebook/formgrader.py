"""What this course changes in formgrader: pages that say which scripts may run, and a sentence if it was started
wrongly.

nbgrader_config.py calls `install` in the process of a Jupyter server. The classes are nbgrader's request handlers.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import sys
from collections.abc import Mapping
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import v4

from autograder.gradebook.markup import TABLES

_HANDLERS = "nbgrader.server_extensions.formgrader.handlers"
_MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_INLINE_HANDLER = re.compile(r"""\son[a-z]+\s*=\s*"([^"]*)\"""", re.IGNORECASE)


def policy(trusted: str, scripts: str) -> str:
    """The Content-Security-Policy of a page: its scripts are those of nbgrader and MathJax, and the inline ones that
    are in `trusted`, which is HTML without anything from a student. `scripts` is the address of nbgrader's scripts,
    with the host: another address of the same server may be a file that a student submitted."""
    inline = _INLINE_SCRIPT.findall(trusted) + [
        html.unescape(code) for code in _INLINE_HANDLER.findall(trusted)
    ]
    hashes = {base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in inline}
    allowed = " ".join(f"'sha256-{code}'" for code in sorted(hashes))
    # Underscore's templates and MathJax's configuration are compiled to functions, which needs unsafe-eval
    return (
        f"script-src {scripts} {_MATHJAX} 'unsafe-eval' 'unsafe-hashes' {allowed}; "
        "object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'; connect-src 'self'; "
        "img-src 'self' data:"
    )


def _scripts(handler: Any) -> str:
    return f"{handler.request.host}{handler.base_url}/formgrader/static/"


def _add_policy(handler: Any, trusted: str) -> None:
    """Adds the policy as a separate header, so that violations are not reported to Jupyter's address for that."""
    handler.add_header("Content-Security-Policy", policy(trusted, _scripts(handler)))


def _wrong_start(handler: Any) -> str:
    """The course is outside the folder that the server shows."""
    formgrader = handler.settings["nbgrader_formgrader"]
    course, shown = (html.escape(str(path)) for path in (handler.coursedir.root, formgrader.root_dir))
    return (
        '<!doctype html><meta charset="utf-8"><title>formgrader</title>'
        f"<p>The course is in <code>{course}</code>, but this Jupyter server shows only <code>{shown}</code> and what "
        "is in it, so formgrader cannot open the course.</p>"
        f"<p>Fix: start the server in the course, with <code>--ServerApp.root_dir={course}</code>; on JupyterHub set "
        f'<code>spawner.notebook_dir = "{course}"</code> in jupyterhub_config.py. Or move the course into '
        f"<code>{shown}</code>.</p>"
    )


def install() -> None:
    """Replaces nbgrader's own handlers with these, once, if formgrader is loaded."""
    handlers = sys.modules.get(_HANDLERS)
    if handlers is None or getattr(handlers.BaseHandler.render, "__module__", "") == __name__:
        return
    base, submission = handlers.BaseHandler, handlers.SubmissionHandler
    write_error = base.write_error

    def render(self: Any, name: str, **values: Any) -> str:
        environment = self.settings["nbgrader_jinja2_env"]
        environment.autoescape = True  # names come from the address, which anybody can write into a link
        if not values.get("exchange"):  # the exchange is off in nbgrader_config.py: nothing is missing
            values["exchange_missing"] = False
        page = environment.get_template(name).render(**values)
        _add_policy(self, page)
        return page

    def error(self: Any, status_code: int, **more: Any) -> None:
        if status_code == 500 and self.settings["nbgrader_bad_setup"]:
            self.set_status(500)
            self.finish(_wrong_start(self))
        else:
            write_error(self, status_code, **more)

    def exporter(self: Any) -> _Exporter:
        config = self.settings["nbgrader_formgrader"].config
        made = self.settings.get("course_exporter")
        if made is None or made.config != config:
            made = self.settings["course_exporter"] = HTMLExporter(config=config)
        return _Exporter(made, self)

    base.render, base.write_error = render, error
    submission.exporter = property(exporter)
    # a file next to a submission, opened on its own: a page that runs nothing
    handlers.SubmissionFilesHandler.content_security_policy = "sandbox; default-src 'none'; img-src 'self'"


class _Exporter:
    """Shows a submission, and says in the response's header which scripts are the page's own."""

    def __init__(self, exporter: HTMLExporter, handler: Any) -> None:
        self._exporter, self._handler = exporter, handler

    def from_filename(self, filename: str, resources: Mapping[str, Any]) -> tuple[str, Any]:
        nothing = dict.fromkeys(("student", "first_name", "last_name", "notebook_path"), "")
        trusted, _ = self._exporter.from_notebook_node(v4.new_notebook(), {**resources, **nothing})
        _add_policy(self._handler, trusted)
        page, resources = self._exporter.from_filename(filename, resources=resources)
        return page.replace("</head>", f"{TABLES}</head>", 1), resources
