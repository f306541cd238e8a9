"""The service on a real JupyterHub: two users enter with their accounts, and see what is theirs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from autograder.grading.assignment import REPOSITORY
from tests import course
from tests.lms.hub import INSTRUCTOR, STUDENT, free_port, hub
from tests.looks import browser  # noqa: F401

SERVICE = """
import autograder.startup
from pathlib import Path
from autograder.serve import run
from tests.serve.conftest import MadeUpPool
run.LocalPool = lambda *_: MadeUpPool()
run.serve(Path("/srv/course"), port={port})
"""
"""With judges that are made up: the others have tests of their own."""


def test_two_users_of_a_hub(tmp_path: Path, browser: Browser) -> None:  # noqa: F811
    root = course.make_course(tmp_path / "course")
    for name in (INSTRUCTOR, STUDENT):
        (tmp_path / "home" / name).mkdir(parents=True)
    port, own = free_port(), free_port()
    address = f"http://127.0.0.1:{port}/services/try"
    (root / "serve.toml").write_text(f'address = "{address}"\ninstructors = ["{INSTRUCTOR}"]\n')
    service = {
        "name": "try",
        "url": f"http://127.0.0.1:{own}",
        "command": [sys.executable, "-c", SERVICE.format(port=own)],
        "environment": {"PYTHONPATH": str(REPOSITORY)},
        "oauth_no_confirm": True,
    }
    role = {"name": "user", "scopes": ["self", "access:services!service=try"]}
    settings = f"\nc.JupyterHub.services.append({service!r})\nc.JupyterHub.load_roles.append({role!r})\n"

    def enter(user: str) -> Page:
        page = browser.new_context().new_page()
        page.goto(f"{address}/")
        page.get_by_role("link", name="JupyterHub").click()
        page.locator("#username_input").fill(user)
        page.locator("#login_submit").click()
        page.wait_for_url(f"{address}/**")
        return page

    with hub(tmp_path, port, settings):
        student = enter(STUDENT)
        student.get_by_role("link", name="tiny").click()
        (tmp_path / "tiny.ipynb").write_text(json.dumps(course.solved()))
        student.get_by_label("Your notebook").set_input_files(tmp_path / "tiny.ipynb")
        student.get_by_role("button", name="Upload").click()
        expect(student.get_by_text("Not final.")).to_be_visible()

        teacher = enter(INSTRUCTOR)
        expect(teacher.get_by_role("row", name=STUDENT).first).to_be_visible()
        student.goto(f"{address}/class/tiny")
        expect(student.get_by_role("heading", name="Not found")).to_be_visible()
