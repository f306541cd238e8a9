"""The pages: whole without other files, safe whatever a student wrote, and each student's own."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from autograder.__main__ import main
from autograder.batch.alone import alone
from autograder.batch.judging import Unit, nothing, outcome
from autograder.batch.submitted import collect
from autograder.gradebook import decide
from autograder.gradebook.class_marks import ClassMarks, NothingGraded
from autograder.grading import assignment
from autograder.grading.assignment import Assignment
from autograder.pages import write
from autograder.pages.similarity import Similarity
from autograder.pages.write import TEMPLATES, class_page, main_report, write_pages
from tests import course
from tests.gradebook.helpers import configure, enter
from tests.gradebook.test_late import A_MINUTE_LATE, IN_TIME, PERCENT
from tests.pages.conftest import graded, made_up, write_class

SCRIPT = "<script>alert(1)</script>"
ATTACK = f'{SCRIPT}<img src=x onerror=alert(2)>" onclick="alert(3)" {{{{ 7 * 7 }}}}'


class Page(HTMLParser):
    """What a browser would see: the elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements[-1:] == [("script", {})]:
            self.scripts += [data] if data.strip() else []
        elif self.elements[-1:] != [("style", {})]:
            self.text += data

    @property
    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.elements if tag == "a"]


def read(page: Path) -> Page:
    return Page(page.read_text(encoding="utf-8"))


def assert_harmless(page: Page) -> None:
    ours = (TEMPLATES / "workbench.js").read_text(encoding="utf-8")
    assert page.scripts in ([], [ours])
    policy = next(a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert ("script-src" in policy) == bool(page.scripts)
    assert len([tag for tag, _ in page.elements if tag == "script"]) == len(page.scripts)
    assert not {tag for tag, _ in page.elements} & {"iframe", "object", "svg", "link", "base"}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        if tag == "img":
            assert (attributes["src"] or "").startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
    assert all(link.startswith(("#", "./", "../", "http://localhost:8888/")) for link in page.links)


@pytest.mark.parametrize(
    "student", [SCRIPT.replace("/", "\\"), "javascript:alert(1)", 'a" onclick="x', "{{ 7 * 7 }}"]
)
def test_no_word_of_a_student_s_becomes_markup(root: Path, tiny: Assignment, student: str) -> None:
    message = f"Squaring.\nYour code raised {ATTACK}\n  in the cell {ATTACK}, line 3: {ATTACK}"
    report = made_up(student, failing=("test_square",), message=message, repairs=(f"dropped {ATTACK}",))
    folder = write_class(root, report, made_up("ada"))
    page = read(write_pages(root, tiny))
    own = read(folder / f"{student}.html")
    for one in (page, own):
        assert_harmless(one)
        assert one.text.count(SCRIPT) >= 2 and "{{ 7 * 7 }}" in one.text
    assert student in page.text and student in own.text


def test_a_link_leads_to_the_student_s_page_whatever_the_name(root: Path, tiny: Assignment) -> None:
    names = ["a b", "50%", "x#y", "ä?q"]
    folder = write_class(root, *map(made_up, names))
    links = {unquote(link) for link in read(write_pages(root, tiny)).links if link.startswith("./")}
    assert {f"./{name}.html" for name in names} <= links
    assert all((folder / f"{name}.html").is_file() for name in names)


def test_characters_that_hide_what_stands_there_are_written_out(root: Path, tiny: Assignment) -> None:
    write_class(root, made_up("ada", failing=("test_square",), message="a\x00b \u202egnp.exe \ud800"))
    page = read(write_pages(root, tiny))
    assert r"a\u0000b \u202egnp.exe \ud800" in page.text


def test_a_student_s_page_tells_nothing_of_others(root: Path, tiny: Assignment) -> None:
    folder = write_class(root, made_up("ada"), made_up("bob", failing=("test_square",), message="bob's own"))
    write_pages(root, tiny)
    page = read(folder / "ada.html")
    assert "bob" not in page.text
    assert course.HIDDEN not in page.text
    assert not [link for link in page.links if not link.startswith("#")]


def test_flags_and_similarity_are_for_the_instructor_alone(root: Path, tiny: Assignment) -> None:
    source = (
        f"def double(x):\n    import gc\n    gc.get_objects(), {SCRIPT!r}, '\u202e'\n    return x + x + 0 * x"
    )
    for name in ("ada", "bob"):
        course.hand_in(root, name, course.with_sources(double=source))
    folder = write_class(root, made_up("ada"), made_up("bob"))
    page = read(write_pages(root, tiny))
    assert_harmless(page)
    assert page.text.count(f"gc.get_objects(), {SCRIPT!r}, '\\u202e'") == 2
    assert "ada and bob" in " ".join(page.text.split())
    own = read(folder / "ada.html")
    assert not [word for word in ("get_objects", "flag", "alike", "bob") if word in own.text]
    first = page.text
    assert read(write_pages(root, tiny)).text == first  # from what was kept


def test_a_late_penalty_is_shown_to_the_instructor_and_the_student_alone(
    root: Path, tiny: Assignment
) -> None:
    configure(root, PERCENT)
    reports = [enter(root, "ada", A_MINUTE_LATE), enter(root, "bob", IN_TIME)]
    folder = write_class(root, *reports)
    assert write_pages(root, tiny).read_text(encoding="utf-8").count(">\N{MINUS SIGN}1<") == 1
    assert "late penalty, subtracted" in read(folder / "ada.html").text
    assert "late" not in read(folder / "bob.html").text.replace("that were given later", "")


@pytest.mark.parametrize(
    ("extension", "shown"),
    [
        (timedelta(days=1, hours=23, minutes=31), "2 days"),
        (timedelta(days=1, hours=2), "1 day 2 h"),
        (timedelta(hours=23), "23 h"),
        (timedelta(minutes=20), "less than an hour"),
    ],
)
def test_an_extension_is_shown_in_days_and_hours(extension: timedelta, shown: str) -> None:
    (one,) = graded(made_up("ada"))
    marks = ClassMarks((replace(one, mark=replace(one.mark, extension=extension)),), 7.0)
    assert f">extension: {shown}<" in class_page(course.NAME, marks, {}, Similarity(), "", "now")


def test_who_is_excused_is_counted_on_no_page(class_of_four: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(class_of_four, tmp_path / "course"))
    decide.excuse(root, ["cleo"], course.NAME)  # two days late
    assert main_report(root=root) == 0
    page = (root / "reports" / course.NAME / "class.html").read_text(encoding="utf-8")
    facts = dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    assert (facts["submissions"], facts["late, with a penalty"]) == ("2", "1")
    index = (root / "reports" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<td class="n">(.*?)</td>', index)[:2] == ["7", "2"]  # points, submissions


def test_a_kept_file_that_is_damaged_is_made_again(root: Path, tiny: Assignment) -> None:
    course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "bob", course.solved())
    write_class(root, made_up("ada"), made_up("bob"))
    first = write_pages(root, tiny).read_text(encoding="utf-8")
    kept = list((root / "reports" / ".kept" / course.NAME).rglob("*.json"))
    assert len(kept) == 5
    for file in kept:
        file.write_text("[1,")
    assert write_pages(root, tiny).read_text(encoding="utf-8") == first


def test_a_submission_that_is_gone_or_unreadable_still_has_its_page(root: Path, tiny: Assignment) -> None:
    course.hand_in(root, "ada", b"")
    os.mkfifo(course.hand_in(root, "cyd", b"").parent / "pipe")
    course.hand_in(root, "cyd", b"").unlink()
    (root / "submitted/cyd/tiny/pipe").rename(root / "submitted/cyd/tiny/tiny.ipynb")
    folder = write_class(root, made_up("ada"), made_up("bob"), made_up("cyd"))
    assert main_report(root=root) == 0
    assert (folder / "cyd.html").is_file()
    assert (folder / "ada.html").is_file() and (folder / "bob.html").is_file()


def test_a_lost_judge_is_no_unreadable_notebook(root: Path, tiny: Assignment) -> None:
    why = "The judge process ended 2 times while it worked on this submission."
    for name in ("ada", "bob"):
        course.hand_in(root, name, course.solved() if name == "ada" else b"")
    ada, bob = collect(root, course.NAME)
    lost, _ = outcome(Unit(tiny, ada, {}), {"lost": why})
    lost = replace(lost, student="ada", repairs=("locked cell setup restored",))
    folder = write_class(root, lost, nothing(tiny, bob, "tiny.ipynb is empty").report)
    page = read(write_pages(root, tiny))
    own, unread = read(folder / "ada.html").text, read(folder / "bob.html").text
    assert why in own and "could not be read" not in own
    assert "2 pending (bug in the grader)" in own and "hidden tests pass" not in own
    assert "could not be read, so none of it was graded. tiny.ipynb is empty" in " ".join(unread.split())
    tags = {a["data-search"].split()[0]: a["data-tags"].split() for _, a in page.elements if "data-tags" in a}
    assert "unread" in tags["bob"] and "unread" not in tags["ada"]
    assert page.text.count("not read: ") == 1


def test_one_student_s_deep_code_stops_nobody_s_page(root: Path, tiny: Assignment) -> None:
    deep = "getattr(torch, " + " + ".join(['"a"'] * 1200) + ")\n#" + "x" * 20_000
    double = f"{course.SOLUTIONS['double']}\nimport torch\n{deep}"
    course.hand_in(root, "bob", course.with_sources(double=double))
    course.hand_in(root, "ada", course.solved())
    folder = write_class(root, made_up("ada"), made_up("bob"))
    assert "too long to be searched" in read(write_pages(root, tiny)).text
    assert (folder / "ada.html").is_file() and (folder / "bob.html").is_file()


def test_an_unchanged_page_is_left_alone_and_a_changed_one_is_made_again(
    root: Path, tiny: Assignment
) -> None:
    file = course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "bob", course.solved())
    folder = write_class(root, made_up("ada"), made_up("bob"))
    write_pages(root, tiny)
    for name in ("ada", "bob"):
        (folder / f"{name}.html").write_text("as it was")
    write_pages(root, tiny)
    assert (folder / "ada.html").read_text() == "as it was"
    file.write_bytes(file.read_bytes() + b"\n")
    write_class(root, made_up("ada"), made_up("bob", failing=("test_square",)))
    write_pages(root, tiny)
    assert "as it was" not in (folder / "ada.html").read_text() + (folder / "bob.html").read_text()


def test_without_a_graded_class_it_says_what_to_do(root: Path, tiny: Assignment) -> None:
    with pytest.raises(NothingGraded, match="run `make grade ASSIGNMENT=tiny`"):
        write_pages(root, tiny)
    with pytest.raises(NothingGraded, match="run `make grade`"):
        main_report(root=root)
    write_class(root).joinpath("class.json").write_text("{")
    with pytest.raises(NothingGraded, match="damaged"):
        write_pages(root, tiny)


def test_one_assignment_that_cannot_be_shown_does_not_hide_the_others(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_class(root, made_up("ada"))
    for name, content in (("gone", [made_up("ada").to_json()]), ("another", [])):
        (root / "reports" / name).mkdir()
        (root / "reports" / name / "class.json").write_text(json.dumps(content))
    for tree in ("release", "solutions"):
        (root / tree / "another").mkdir()
        shutil.copy(root / tree / "tiny/tiny.ipynb", root / tree / "another/another.ipynb")
    assert main_report(root=root) == 0
    said = capsys.readouterr()
    assert "gone not shown: no release/gone" in said.err
    assert "another not shown: nothing of another is graded" in said.err
    assert "reports/tiny/class.html" in said.out
    index = read(root / "reports" / "index.html").text
    assert "gone is not shown, and not in the totals: no release/gone" in index
    assert "another" not in index
    (root / "reports" / "another" / "class.json").write_text("{")
    assert main_report(root=root) == 0
    assert "another is not shown, and not in the totals: class.json of another is damaged" in (
        read(root / "reports" / "index.html").text
    )


def test_reports_of_a_run_that_was_stopped_are_newer_than_class_json(root: Path, tiny: Assignment) -> None:
    folder = write_class(root, made_up("ada", failing=("test_square",), message="not the square"))
    assert main_report(course.NAME, root) == 0
    for report in (made_up("ada"), made_up("dora")):  # and then somebody pressed Ctrl-C
        (folder / f"{report.student}.json").write_text(json.dumps(report.to_json()))
    assert main_report(course.NAME, root) == 0
    outcomes = {
        test["outcome"] for test in json.loads((folder / "ada.json").read_text())["tasks"]["square"]["tests"]
    }
    assert outcomes == {"passed"}
    assert "not the square" not in (folder / "ada.html").read_text()
    assert (folder / "dora.html").is_file()
    assert [entry["student"] for entry in json.loads((folder / "class.json").read_text())] == ["ada", "dora"]


def test_while_a_run_is_grading_no_page_is_written(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_class(root, made_up("ada"))
    for module in (write, assignment):
        monkeypatch.setattr(module, "REPOSITORY", root)
    with alone(root):
        assert main(["report"]) == main(["return", course.NAME]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and all("another run is grading this course" in line for line in said)
    assert not (folder / "ada.html").exists()
    assert main(["report"]) == 0
