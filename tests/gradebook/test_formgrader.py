"""formgrader in a browser, as an instructor meets it: the buttons, the page on which written answers are graded, the
feedback. A real Jupyter server, a real Chromium, a course of one small assignment."""

from __future__ import annotations

import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.converters import GenerateFeedback
from playwright.sync_api import Page, Request, expect, sync_playwright
from traitlets.config.loader import PyFileConfigLoader

from autograder import classroom
from autograder.gradebook import formgrader
from autograder.gradebook.nbgrader_steps import course_directory
from autograder.lms.roster import enter_students
from tests import course
from tests.gradebook.attacks import MARKDOWN, RUN, notebook
from tests.gradebook.helpers import configure, gradebook_of
from tests.tools import require_browser

PATIENCE = 120_000
"""Milliseconds until a page that does not come is a failure: on a busy machine the judge takes its time."""


def _wait_until_it_answers(address: str, server: subprocess.Popen[str]) -> None:
    """It tells its address shortly before it listens there."""
    port = int(address.rpartition(":")[2])
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)


@contextmanager
def jupyter(root: Path, private: Path) -> Iterator[str]:
    """`jupyter notebook` in the course folder `root`, for this machine only, on a free port; gives its address."""
    command = [sys.executable, "-m", "notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={root}"]
    folders = {f"JUPYTER_{name}_DIR": str(private / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **folders, "PYTHONPATH": str(course.REPOSITORY)}
    server = subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    addresses: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in server.stderr:
            said.append(line)
            addresses.put("".join(re.findall(r"http://127\.0\.0\.1:\d+", line)))
        addresses.put("it ended")

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        address = next(filter(None, iter(addresses.get, None)))
        assert address != "it ended", "".join(said)
        _wait_until_it_answers(address, server)
        yield address
    finally:
        server.terminate()
        server.wait()
        listener.join()
        server.stderr.close()


@pytest.fixture
def page() -> Iterator[Page]:
    """A tab of a browser that reaches this machine and nothing beyond it."""
    browser = require_browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, chromium_sandbox=False)
        page = chromium.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
        yield page
        chromium.close()


def press(page: Page, student: str, button: str) -> None:
    """A button in the student's row of the submissions, and OK in the window that tells how it went."""
    page.locator("tr", has_text=student).locator(f".{button} a").click()
    expect(page.locator(".modal-title")).to_have_text("Success")
    page.get_by_role("button", name="OK").click()
    expect(page.locator(".modal")).to_have_count(0)


def fill(page: Page, field: str, text: str) -> None:
    """Writes into a score or a comment and leaves it, which saves it."""
    with page.expect_response(lambda response: response.request.method == "PUT") as saved:
        page.locator(field).fill(text)
        page.locator(field).blur()
    assert saved.value.ok


def test_a_class_is_graded_and_gets_feedback_in_formgrader(
    root: Path, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    half_right = course.with_sources(double="def double(x):\n    return abs(2 * x)")
    course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "bob", half_right)
    with jupyter(root, tmp_path_factory.mktemp("jupyter")) as address:
        page.goto(f"{address}/formgrader")
        tiny = page.locator("tr", has_text=course.NAME)
        expect(tiny.locator(".num-submissions")).to_have_text("2")
        expect(page.locator("body")).not_to_contain_text("could not be created")  # the exchange, which is off

        # graded by the button
        tiny.locator(".num-submissions a").click()
        bob = page.locator("tr", has_text="bob")
        expect(bob.locator(".status")).to_have_text("needs autograding")
        press(page, "bob", "autograde")
        expect(bob.locator(".score")).to_have_text("4 / 7")
        expect(bob.locator(".status")).to_have_text("needs manual grading")

        # the page of the submission: our report in the test cell, and a written answer to be graded
        page.goto(f"{address}/formgrader/gradebook/{course.NAME}/{course.NAME}")
        page.get_by_role("link", name="Submission #1").click()
        report = page.locator(".autograder-report", has_text="double: 1 of 2 points")
        expect(report).to_contain_text("not twice the number below zero")
        expect(page.locator("#double-tests")).to_have_attribute("placeholder", "1")
        expect(page.locator("#explain")).to_have_class(re.compile("needs_manual_grade"))
        assert course.HIDDEN not in page.content() and "as_number(" not in page.content()
        fill(page, "#explain", "1.5")
        fill(page, "#explain-comment", "Say it for zero, too.")

        # the sum
        page.goto(f"{address}/formgrader/gradebook/{course.NAME}/{course.NAME}")
        row = page.locator("tbody tr", has_text="bob")
        expect(row.locator(".score")).to_have_text("5.5 / 7")
        expect(row.locator(".code-score")).to_have_text("4 / 5")
        expect(row.locator(".written-score")).to_have_text("1.5 / 2")

        # the feedback, made by the button
        page.goto(f"{address}/formgrader/manage_submissions/{course.NAME}")
        expect(bob.locator(".status")).to_have_text("graded")
        press(page, "bob", "generate-feedback")
        page.goto((root / "feedback" / "bob" / course.NAME / "tiny.html").as_uri())
        expect(page.locator("body")).to_contain_text("(Score: 5.5 / 7.0)")
        expect(page.locator("body")).to_contain_text("Say it for zero, too.")
        expect(page.locator(".autograder-report", has_text="double: 1 of 2 points")).to_be_visible()
        assert course.HIDDEN not in page.content() and "as_number(" not in page.content()


def test_no_script_of_a_student_s_runs_on_any_page(
    root: Path, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A class in which every field that a student controls carries an attack, as the instructor meets it."""
    name = f"<img src=x onerror={RUN}>"
    (root / "students.csv").write_text(f'id,first_name,last_name\neve,"{name}","{name}"\nada,Ada,Lovelace\n')
    enter_students(root / "students.csv", root)
    course.hand_in(root, "ada", course.solved())
    file = course.hand_in(root, "eve", notebook())
    (file.parent / "page.html").write_text(f"<script>{RUN}</script>")
    (file.parent / f"{name} \x1b[2J.ipynb").write_text("{}")
    (file.parent / "timestamp.txt").write_text(f"<script>{RUN}</script>")
    course.hand_in(root, name, course.solved())
    assert classroom.grade(course.NAME, root=root, jobs=1) == 0
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    GenerateFeedback(coursedir=course_directory(root, course.NAME), config=settings).start()
    posts: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET":
            posts.append(request.url)

    page.on("request", note)

    def visit(address: str, words: str) -> None:
        page.goto(address)
        expect(page.locator("body")).to_contain_text(words)
        page.wait_for_load_state("load")
        assert page.evaluate("window.ran") is None, address

    with jupyter(root, tmp_path_factory.mktemp("jupyter")) as address:
        submissions = f"{address}/formgrader/gradebook/{course.NAME}/{course.NAME}"
        visit(f"{address}/formgrader/manage_submissions/{course.NAME}", "eve")
        visit(f"{address}/formgrader/manage_students", "onerror")
        visit(f"{address}/formgrader/manage_students/eve", course.NAME)
        visit(f"{address}/formgrader/manage_students/eve/{course.NAME}", course.NAME)
        visit(submissions, "onerror")
        with gradebook_of(root) as book:
            number = book.find_submission_notebook(course.NAME, course.NAME, "eve").id
        visit(f"{address}/formgrader/submissions/{number}/?index=0", "Why?")
        assert page.locator("#explain").evaluate("field => field.tagName") == "INPUT"
        page.get_by_text("Student's answer").first.wait_for()
        for link in page.locator(".rendered_html a").all():
            link.dispatch_event("click")
        assert page.evaluate("window.ran") is None
        response = page.goto(f"{address}/formgrader/submissions/{number}/page.html")
        assert response is not None and response.status == 404
        visit(f"{address}/formgrader/manage_students/%3Cimg%20src=x%20onerror={RUN}%3E", "onerror")
        visit(f"{address}/formgrader/manage_students/%3Cscript%3E{RUN}%3C%2Fscript%3E", "<script>")

        # with nothing cleaned, the pages' own policy still runs no script but formgrader's
        configure(root, "c.HTMLExporter.filters = {}\nc.HTMLExporter.preprocessors = []")
        autograded = root / "autograded" / "eve" / course.NAME
        book = course.solved()
        kinds = ("script", "script with a source", "image error", "svg", "svg animation", "details", "frame")
        raw = [MARKDOWN[kind] for kind in (*kinds, "link")] + ['<script src="script.js"></script>']
        book["cells"] += [course.text(f"raw{number}", text) for number, text in enumerate(raw)]
        (autograded / "tiny.ipynb").write_text(json.dumps(book))
        (autograded / "page.html").write_text(f"<script>{RUN}</script>seen")
        (autograded / "script.js").write_text(RUN)
        visit(f"{address}/formgrader/submissions/{number}/?index=0", "Both factors")
        assert page.locator("script", has_text=RUN).count() > 0
        assert page.locator("#explain").first.evaluate("field => field.tagName") == "INPUT"
        visit(f"{address}/formgrader/submissions/{number}/page.html", "seen")
    assert [post for post in posts if "/api/" in post and "grade" not in post] == []
    for made in (root / "reports" / course.NAME).glob("*.html"):
        visit(made.as_uri(), course.NAME)
    visit((root / "feedback" / "eve" / course.NAME / "tiny.html").as_uri(), "Why?")
    assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1


def test_a_course_outside_the_servers_folder_is_one_sentence() -> None:
    """As on a JupyterHub, where servers start in the user's home. nbgrader only says that there was an error."""
    from nbgrader.server_extensions.formgrader import handlers

    formgrader.install()
    said: list[object] = []
    settings = {"nbgrader_bad_setup": True, "nbgrader_formgrader": SimpleNamespace(root_dir="/home/teacher")}
    request = SimpleNamespace(
        settings=settings,
        coursedir=SimpleNamespace(root="/srv/<course>"),
        set_status=said.append,
        finish=said.append,
    )
    handlers.BaseHandler.write_error(request, 500)
    status, answer = said
    assert status == 500
    assert "The course is in <code>/srv/&lt;course&gt;</code>" in answer
    assert "this Jupyter server shows only <code>/home/teacher</code>" in answer
    assert "--ServerApp.root_dir=" in answer
