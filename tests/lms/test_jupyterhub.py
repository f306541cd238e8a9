"""The course on a JupyterHub, as scripts/jupyterhub/ sets it up: two users, the exchange between them, formgrader."""

from __future__ import annotations

import json
import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import course
from tests.gradebook.helpers import gradebook_of
from tests.gradebook.test_formgrader import page, press  # noqa: F401 (a fixture)
from tests.lms.hub import INSTRUCTOR, STUDENT, hub, value

EXCHANGE = "/srv/nbgrader/exchange"


def test_a_class_of_one_on_a_hub(tmp_path: Path, page: Page) -> None:  # noqa: F811
    root = course.make_course(tmp_path / "home" / INSTRUCTOR / "course")
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("exchange = None\n", f"exchange = {EXCHANGE!r}\n"))
    gradebook_of(root).close()  # or nbgrader makes it in a process of its own, which takes seconds
    work = tmp_path / "home" / STUDENT / course.NAME
    assignment = {"course_id": "deep-learning", "assignment_id": course.NAME}

    with hub(tmp_path) as desk:

        def button(column: str) -> None:
            page.locator("tr", has_text=course.NAME).locator(f".{column} a").click()
            expect(page.locator(".modal-title")).to_have_text("Success")
            page.get_by_role("button", name="OK").click()
            expect(page.locator(".modal")).to_have_count(0)

        def student_does(action: str) -> list[dict]:
            return value(desk.ask("POST", f"/user/{STUDENT}/assignments/{action}", json=assignment))

        # the instructor's server starts in the home folder, and formgrader opens the course from there
        desk.start_server(INSTRUCTOR)
        formgrader = f"/user/{INSTRUCTOR}/formgrader/manage_assignments"
        page.goto(f"{desk.address}/hub/login?next={formgrader}")
        page.locator("#username_input").fill(INSTRUCTOR)
        page.locator("#login_submit").click()
        page.wait_for_url(f"{desk.address}{formgrader}")
        button("release")

        # a student without formgrader fetches it, solves it and submits it
        desk.start_server(STUDENT)
        assert desk.status(f"/user/{STUDENT}/formgrader") == 404
        (fetched,) = student_does("fetch")
        assert fetched["status"] == "fetched"
        (work / "tiny.ipynb").write_text(json.dumps(course.solved()))
        (submitted,) = [one for one in student_does("submit") if one["status"] == "submitted"]
        assert submitted["student_id"] == STUDENT

        # collected, graded and given back in formgrader
        button("collect")
        page.goto(f"{desk.address}/user/{INSTRUCTOR}/formgrader/manage_submissions/{course.NAME}")
        press(page, STUDENT, "autograde")
        expect(page.locator("tr", has_text=STUDENT).locator(".score")).to_have_text("5 / 7")
        press(page, STUDENT, "generate-feedback")
        press(page, STUDENT, "release-feedback")
        student_does("fetch_feedback")

    (feedback,) = work.glob("feedback/*/tiny.html")
    assert "double: 2 of 2 points" in feedback.read_text()
    if os.getuid() == 0:  # each file belongs to its own user, and the course is closed to the student
        assert feedback.stat().st_uid == work.stat().st_uid != root.stat().st_uid
