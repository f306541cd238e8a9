"""A student's way through the service, and the instructor's view of it; the judges are made up."""

from __future__ import annotations

import asyncio
import json
import shutil

import pytest
from sqlalchemy.exc import OperationalError

from autograder.batch.judging import JudgingRefused
from autograder.grading.report import ERROR, GRADER_CRASHED, TestResult, task_from_tests
from autograder.lms.collect import take
from autograder.lms.roster import Student
from autograder.pages.write import main_report
from autograder.serve.attempts import write_attempts
from autograder.serve.rules import RulesRefused
from autograder.serve.store import DONE, LOST, REPLACED, RUNNING, UNREADABLE, WAITING
from tests import course
from tests.pages.conftest import made_up, write_class
from tests.serve.conftest import ADDRESS, EASY, Served, make_served, until, verdict

LIMITED = f'address = "{ADDRESS}"\ncooldown_seconds = 60\ncooldown_growth = 2\nattempts_per_hour = 3\n'


def fails(message: str):
    def answer(unit):
        report = made_up(unit.submitted.student, failing=("test_square",), message=message)
        return verdict(unit, report)

    return answer


def test_a_student_uploads_waits_and_reads_the_verdict(served: Served) -> None:
    served.pool.answer = fails("Squaring.\nnot the square")
    ada = served.enter("ada")
    assert "You can try now." in ada.get("/").text
    answer = ada.upload()
    page = ada.get(answer.headers["location"]).text
    assert "Your notebook is next." in page
    served.judge_all()
    page = ada.get(answer.headers["location"]).text
    assert "Not final." in page and "not the square" in page and "2 of 5" in page
    assert "2 of 5 points" in ada.get("/try/tiny").text


def test_a_link_works_as_a_whole_or_as_its_code_and_says_nothing_when_it_is_wrong(served: Served) -> None:
    stranger = served.stranger()
    code = served.store.invite("ada")
    for text in (code, f"{ADDRESS}/enter#{code}", f" {code}\n"):
        answer = stranger.post("/enter", data={"code": text}, headers={"Origin": ADDRESS})
        assert answer.status_code == 303
    answer = stranger.post("/enter", data={"code": code[:-1]}, headers={"Origin": ADDRESS})
    assert answer.status_code == 403 and "not valid" in answer.text


def test_who_leaves_is_out_and_a_revoked_link_ends_at_once(served: Served) -> None:
    ada = served.enter("ada")
    kept = dict(ada.client.cookies)
    ada.post("/leave", data={"token": ada.token})
    again = served.stranger()
    again.cookies.update(kept)
    assert again.get("/").headers["location"] == "/enter"
    ada = served.enter("ada")
    assert served.store.revoke("ada")
    assert ada.get("/").headers["location"] == "/enter"
    assert ada.client.get("/try/tiny", headers={"Authorization": f"Bearer {ada.code}"}).status_code == 401


def test_a_new_link_ends_the_old_one(served: Served) -> None:
    ada = served.enter("ada")
    served.store.invite("ada")
    assert ada.get("/").status_code == 303
    assert served.store.person_with(ada.code) is None


def test_a_newer_upload_takes_the_place_of_the_one_that_waits(served: Served) -> None:
    ada, bob = served.enter("ada"), served.enter("bob")
    ada.upload()
    served.now += 1
    bob.upload()
    ada.upload(course.with_sources(double="def double(x):\n    return x + x"))
    assert [one.state for one in served.store.attempts()] == [REPLACED, WAITING, WAITING]
    assert served.store.line(served.now) == [3, 2]
    served.judge_all()
    assert [unit.submitted.student for unit in served.pool.asked] == ["ada", "bob"]
    assert "newer notebook" in ada.get("/attempt/1").text


def test_those_who_tried_less_within_the_hour_come_first(served: Served) -> None:
    ada, bob = served.enter("ada"), served.enter("bob")
    ada.try_it()
    ada.upload(course.with_sources(square="def square(x):\n    return x"))
    served.now += 1
    bob.upload()
    served.judge_all()
    assert [unit.submitted.student for unit in served.pool.asked] == ["ada", "bob", "ada"]


def test_the_pause_grows_and_the_hour_has_an_end(root) -> None:
    served = make_served(root, LIMITED)
    ada = served.enter("ada")
    for pause in (60, 120):
        ada.try_it()
        served.now += pause - 1
        answer = ada.upload()
        assert answer.status_code == 429 and "in 1 second." in answer.text
        assert answer.headers["Retry-After"] == "2"
        served.now += 1
    ada.try_it()
    served.now += 1800
    assert "You have used all 3 attempts of the last hour." in ada.upload().text
    served.now += 1800
    assert ada.upload().status_code == 303


def test_what_does_not_count_costs_no_attempt(root) -> None:
    served = make_served(root, LIMITED)
    ada = served.enter("ada")
    assert "could not be read" in ada.try_it(b'{"cells": 3}')
    served.pool.answer = lambda unit: {"lost": "The judge process ended 2 times."}
    assert "bug in the grader" in ada.try_it()
    assert [one.state for one in served.store.attempts()] == [UNREADABLE, LOST]
    assert served.store.counted("ada", "tiny") == [] and served.queue.permission("ada", "tiny").allowed


def test_the_same_cells_get_the_same_verdict_without_a_judge(served: Served) -> None:
    ada = served.enter("ada")
    ada.try_it()
    page = ada.try_it(course.solved() | {"metadata": {"kernelspec": course.KERNEL, "x": 1}})
    assert "Not final." in page and len(served.pool.asked) == 1
    served.enter("bob").try_it()
    assert len(served.pool.asked) == 2


def test_the_same_cells_are_judged_again_after_a_hidden_test_crashed(served: Served) -> None:
    def crashes(unit):
        tests = [TestResult("test_square", ERROR, 0.0, 3.0, GRADER_CRASHED)]
        tasks = made_up("ada").tasks | {"square": task_from_tests(tests, 3.0)}
        return verdict(unit, made_up("ada", tasks=tasks)) | {"errors": ["test_square: KeyError"]}

    served.pool.answer = crashes
    ada = served.enter("ada")
    assert "3 pending" in ada.try_it()
    assert len(served.store.counted("ada", "tiny")) == 1
    served.pool.answer = verdict
    assert "5 of 5" in ada.try_it()
    ada.try_it()
    assert len(served.pool.asked) == 2


def test_the_same_cells_are_judged_again_where_the_file_had_changed(served: Served) -> None:
    served.pool.answer = lambda unit: verdict(unit) | {"submission": "of another file"}
    ada = served.enter("ada")
    ada.try_it()
    served.pool.answer = verdict
    assert "5 of 5" in ada.try_it()


def test_each_attempt_has_numbers_of_its_own(served: Served) -> None:
    ada = served.enter("ada")
    for number in range(3):
        ada.try_it(course.with_sources(square=f"def square(x):\n    return x + {number}"))
    assert len({unit.seed for unit in served.pool.asked}) == 3


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('opens = "2099-01-01 08:00 Europe/Berlin"', "This opens on Thursday, 1 January 2099, 08:00"),
        ('closes = "2020-01-01 08:00 Europe/Berlin"', "This closed on Wednesday, 1 January 2020, 08:00"),
    ],
)
def test_it_opens_and_closes(root, rules: str, said: str) -> None:
    served = make_served(root, EASY + rules)
    ada = served.enter("ada")
    assert said in ada.get("/try/tiny").text
    answer = ada.upload()
    assert answer.status_code in (403, 429) and said in answer.text
    assert served.store.attempts() == []


def test_an_extension_holds_here_too(root) -> None:
    served = make_served(root, EASY + 'closes = "2027-01-15 00:00 UTC"\n')
    served.root.joinpath("semester.csv").write_text(
        "date,student,assignment,task,decision,value,note\n2027-01-01,ada,tiny,,extension,1 day,\n"
    )
    assert served.enter("ada").upload().status_code == 303
    assert served.enter("bob").upload().status_code == 403


def test_a_full_queue_says_when_to_come_back(root) -> None:
    served = make_served(root, EASY + "waiting_limit = 2\n")
    first, second, third = (served.enter(name) for name in ("ada", "bob", "cyd"))
    first.upload()
    second.upload()
    answer = third.upload()
    assert answer.status_code == 503 and "2 notebooks are waiting" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert second.upload().status_code == 303  # it takes the place of one that waits


def test_a_notebook_sends_itself_and_reads_the_verdict(served: Served) -> None:
    code = served.store.invite("ada")
    client = served.stranger()
    headers = {"Authorization": f"Bearer {code}"}
    answer = client.post("/try/tiny", content=json.dumps(course.solved()), headers=headers)
    assert answer.status_code == 202
    state = answer.json()["state"].removeprefix(ADDRESS)
    assert client.get(state, headers=headers).json()["state"] == WAITING
    served.judge_all()
    found = client.get(state, headers=headers).json()
    assert found["state"] == DONE and found["text"].startswith("Not final. tiny: 5 of 5 points")
    refused = client.post("/try/tiny", content=b"PK\x03\x04", headers=headers)
    assert refused.json()["sentence"].startswith("This is a zip file")


def test_who_waits_for_a_verdict_that_will_not_come_reads_why(served: Served) -> None:
    ada = served.enter("ada")
    ada.upload()
    ada.upload()
    served.pool.answer = lambda unit: {"lost": "The judge process ended 2 times."}
    served.judge_all()
    replaced, lost = (ada.get(f"/attempt/{number}/state").json() for number in (1, 2))
    assert replaced["state"] == REPLACED and replaced["text"].startswith("You uploaded a newer notebook")
    assert lost["state"] == LOST and lost["text"].startswith("This notebook could not be graded")


def test_without_a_judge_notebooks_wait_and_the_operator_reads_why(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("autograder.serve.grading_queue._AGAIN_SECONDS", 0.0)

    def refuse(unit):
        raise JudgingRefused("no sandbox works here")

    served.pool.answer = refuse
    ada = served.enter("ada")
    ada.upload()
    served.queue.judge_next()
    assert "Grading has stopped for the moment" in ada.get("/attempt/1").text
    health = ada.get("/healthz")
    assert health.status_code == 503 and "sandbox" not in health.text
    served.pool.answer = verdict
    served.judge_all()
    assert "Not final." in ada.get("/attempt/1").text and ada.get("/healthz").status_code == 200


def test_after_a_change_of_the_grader_new_judges_judge_the_same_cells_again(served: Served) -> None:
    ada = served.enter("ada")
    assert "5 of 5" in ada.try_it()
    grader = served.root / "autograder" / "graders" / "tiny.py"
    grader.write_text(grader.read_text() + "\n# changed\n")
    served.pool.answer = fails("not the square any more")
    assert "not the square any more" in ada.try_it() and served.pool.renewed == 1
    ada.try_it(course.with_sources(square="def square(x):\n    return x ** 3"))
    assert served.pool.renewed == 1, "nothing has changed since"


def test_in_the_middle_of_a_build_notebooks_wait(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("autograder.serve.grading_queue._AGAIN_SECONDS", 0.0)
    release = served.root / "release" / "tiny" / "tiny.ipynb"
    content = release.read_text()
    ada = served.enter("ada")
    ada.upload()
    release.write_text("{")
    served.queue.judge_next()
    assert "Grading has stopped for the moment" in ada.get("/attempt/1").text
    release.write_text(content)
    served.judge_all()
    assert "Not final." in ada.get("/attempt/1").text


def test_with_a_broken_contract_notebooks_wait(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("autograder.serve.grading_queue._AGAIN_SECONDS", 0.0)
    contract = served.root / "assignments" / "contract.toml"
    contract.parent.mkdir(exist_ok=True)
    assert not contract.exists(), "the course goes by the repository's"
    ada = served.enter("ada")
    ada.upload()
    contract.write_text("[tiny")
    served.queue.judge_next()
    assert served.store.attempt(1).state == WAITING
    contract.unlink()
    served.judge_all()
    assert "Not final." in ada.get("/attempt/1").text


def test_a_file_that_vanishes_during_a_build_lets_notebooks_wait(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("autograder.serve.grading_queue._AGAIN_SECONDS", 0.0)
    served.enter("ada").upload()

    def vanished(assignment):
        raise FileNotFoundError(2, "No such file or directory", "tiny.ipynb")

    with monkeypatch.context() as build:
        build.setattr("autograder.serve.grading_queue.grounds_of", vanished)
        served.queue.judge_next()
    assert served.store.attempt(1).state == WAITING
    served.judge_all()
    assert served.store.attempt(1).state == DONE


@pytest.fixture
def two(root) -> Served:
    """A service with a second assignment, `other`."""
    for tree in ("release", "solutions"):
        shutil.copytree(root / tree / "tiny", root / tree / "other")
        (root / tree / "other" / "tiny.ipynb").rename(root / tree / "other" / "other.ipynb")
    shutil.copy(root / "autograder" / "graders" / "tiny.py", root / "autograder" / "graders" / "other.py")
    return make_served(root)


def refuses(assignment: str):
    def answer(unit):
        if unit.assignment.name == assignment:
            raise JudgingRefused(f"the grader of {assignment} cannot be imported")
        return verdict(unit)

    return answer


def test_an_assignment_that_cannot_be_judged_stops_no_other(two: Served) -> None:
    two.pool.answer = refuses("tiny")
    ada, bob, cyd = two.enter("ada"), two.enter("bob"), two.enter("cyd")
    for visitor, name in ((ada, "tiny"), (bob, "tiny"), (cyd, "other")):
        visitor.upload(path=f"/try/{name}")
        two.now += 1
    two.queue.judge_next()
    assert two.store.line(two.now)[0] == 1, "ada's keeps its place"
    two.judge_all()
    assert [one.state for one in two.store.attempts()] == [WAITING, WAITING, DONE]
    assert [unit.assignment.name for unit in two.pool.asked] == ["tiny", "other"]
    assert "Not final." in cyd.get("/attempt/3").text
    for number, visitor in ((1, ada), (2, bob)):
        assert "Grading has stopped for the moment" in visitor.get(f"/attempt/{number}").text
    cyd.upload(course.with_sources(square="def square(x):\n    return x + 1"), path="/try/other")
    assert "Your notebook is next." in cyd.get("/attempt/4").text
    health = cyd.get("/healthz")
    assert health.status_code == 200 and health.json()["problem"] == "no judge takes tiny: see the log"


def test_an_assignment_that_was_refused_is_asked_for_again(two: Served, monkeypatch) -> None:
    monkeypatch.setattr("autograder.serve.grading_queue._AGAIN_SECONDS", 0.05)
    two.pool.answer = refuses("tiny")
    ada = two.enter("ada")
    ada.upload()
    two.judge_all()
    two.pool.answer = verdict
    until(two.queue.judge_next)
    assert "Not final." in ada.get("/attempt/1").text
    assert ada.get("/healthz").json() == {"ok": True, "waiting": 0, "running": 0}


def test_where_nothing_can_be_judged_all_assignments_stop(two: Served) -> None:
    def refuse(unit):
        raise JudgingRefused("no sandbox works here")

    two.pool.answer = refuse
    ada, bob = two.enter("ada"), two.enter("bob")
    ada.upload()
    two.judge_all()
    bob.upload(path="/try/other")
    assert "Grading has stopped for the moment" in bob.get("/attempt/2").text
    two.judge_all()
    assert ada.get("/healthz").status_code == 503
    assert [one.state for one in two.store.attempts()] == [WAITING, WAITING]


def test_the_instructor_reads_when_the_service_should_be_restarted(served: Served, monkeypatch) -> None:
    teacher = served.enter("prof", "instructor")
    assert "restart it" not in teacher.get("/class/tiny").text
    monkeypatch.setattr("autograder.serve.grading_queue.judging_code", lambda: "another")
    assert "restart it" in teacher.get("/class/tiny").text


def test_a_bug_of_ours_costs_one_notebook_and_no_attempt(served: Served) -> None:
    def crash(unit):
        raise RuntimeError("secret words of a notebook")

    served.pool.answer = crash
    ada = served.enter("ada")
    assert "bug in the grader" in ada.try_it()
    served.pool.answer = verdict
    assert "Not final." in ada.try_it()


def away(*_, **__):
    raise OperationalError("UPDATE serve_attempts", {}, Exception("server closed the connection"))


@pytest.mark.parametrize("answer", [verdict, refuses("tiny")])
def test_a_database_that_is_away_for_a_moment_costs_no_attempt(served: Served, monkeypatch, answer) -> None:
    monkeypatch.setattr("autograder.serve.grading_queue._AGAIN_SECONDS", 0.0)
    ada = served.enter("ada")
    ada.upload()

    def goes_away(unit):
        for name in ("finish", "put_back", "take"):
            monkeypatch.setattr(served.store, name, away)
        return answer(unit)

    served.pool.answer = goes_away
    served.queue.judge_next()
    served.queue.judge_next()
    assert served.store.attempt(1).state == RUNNING
    for name in ("finish", "put_back", "take"):
        monkeypatch.delattr(served.store, name)
    served.pool.answer = verdict
    served.judge_all()
    assert "Not final." in ada.get("/attempt/1").text
    assert served.store.attempt(1).tries == 1, "it did not take the service down"


def test_a_thread_that_judges_outlives_whatever_goes_wrong(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("autograder.serve.grading_queue._LOOK_SECONDS", 0.01)
    calls: list[int] = []

    def broken():
        calls.append(1)
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(served.queue, "judge_next", broken)
    served.queue.start()
    until(lambda: len(calls) > 1)
    assert served.queue.is_working()
    served.queue.stop()


def test_what_was_running_at_a_crash_is_judged_again_but_not_for_ever(served: Served) -> None:
    ada = served.enter("ada")
    ada.upload()
    for _ in range(3):
        assert served.store.take(served.now).number == 1
        assert served.store.take(served.now) is None
        served.store.recover(served.now)
    assert served.store.attempt(1).state == LOST


def test_a_verdict_comes_once(served: Served) -> None:
    served.enter("ada").upload()
    served.judge_all()
    served.store.finish(1, LOST, served.now)
    assert served.store.attempt(1).state == DONE


def test_the_last_upload_is_collected_like_any_download(served: Served, monkeypatch) -> None:
    monkeypatch.setattr("autograder.lms.collect.students_of", lambda root: [Student("ada"), Student("bob")])
    last = course.with_sources(double="def double(x):\n    return x + x")
    ada = served.enter("ada")
    ada.try_it()
    served.now += 1
    ada.upload(last)
    served.enter("bob").upload()
    assert take(served.root / "served" / "notebooks" / "tiny", "tiny", root=served.root) == 0
    submitted = served.root / "submitted"
    assert json.loads((submitted / "ada" / "tiny" / "tiny.ipynb").read_text()) == last
    assert (submitted / "ada" / "tiny" / "timestamp.txt").read_text().startswith("2027-01-15 08:00:01")
    assert (submitted / "bob" / "tiny" / "tiny.ipynb").is_file()


def test_no_more_uploads_are_kept_than_the_rules_say(root) -> None:
    served = make_served(root, EASY + "keep_notebooks = 2\n")
    ada = served.enter("ada")
    for _ in range(4):
        ada.try_it()
    files = [one.file for one in served.store.attempts()]
    assert files[:2] == ["", ""] and all((root / one).is_file() for one in files[2:])
    assert len(list((root / "served" / "notebooks" / "tiny").iterdir())) == 2


@pytest.mark.parametrize(
    ("speak", "there", "not_there"),
    [
        ('speak = "all"', ["not the square", "2 of 5"], []),
        ('speak = "pass-fail"', ["2 of 5", "shown after the deadline"], ["not the square"]),
        ('speak = "public"', ["shown after the deadline", "0 of 0"], ["not the square", "failed", "passed"]),
        (
            '[tiny.tasks]\nsquare = "public"',
            ["2 of 2", "shown after the deadline"],
            ["not the square", "failed"],
        ),
    ],
)
def test_hidden_tests_tell_what_the_rules_say(
    root, speak: str, there: list[str], not_there: list[str]
) -> None:
    served = make_served(root, EASY + speak)
    served.pool.answer = fails("Squaring.\nnot the square")
    ada = served.enter("ada")
    page = ada.try_it()
    state = ada.get("/attempt/1/state").text
    for words in there:
        assert words in page
    for words in not_there:
        assert words not in page.partition("</style>")[2] and words not in state
    teacher = served.enter("prof", "instructor")
    assert "not the square" in teacher.get("/attempt/1").text


def test_a_change_of_the_rules_holds_at_once_and_a_wrong_one_changes_nothing(served: Served) -> None:
    ada = served.enter("ada")
    file = served.root / "serve.toml"
    file.write_text(EASY + 'speak = "loudly"')
    assert ada.get("/try/tiny").status_code == 200
    file.write_text(EASY + 'closes = "2020-01-01 08:00 UTC"\n')
    assert ada.upload().status_code == 403


def due(served: Served, line: str) -> None:
    """The course's own nbgrader_config.py, with `line` added."""
    file = served.root / "nbgrader_config.py"
    file.write_text((course.REPOSITORY / "nbgrader_config.py").read_text() + f"\n{line}\n")


def test_a_due_date_that_moves_holds_at_once(served: Served) -> None:
    ada = served.enter("ada")
    assert ada.upload().status_code == 303
    due(served, 'c.LatePenalty.due = {"tiny": "2020-01-01 08:00 UTC"}')
    assert ada.upload().status_code == 403
    due(served, 'c.LatePenalty.due = {"tiny": "2099-01-01 08:00 UTC"}')
    assert ada.upload().status_code == 303


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('c.LatePenalty.due = {"tiny": "Friday"}', "'Friday', is no date with a time zone"),
        ('c.LatePenalty.due = {"tiny": ', "nbgrader_config.py cannot be read (SyntaxError: "),
        ("due = tomorrow", "nbgrader_config.py cannot be read (NameError: "),
    ],
)
def test_a_typo_at_the_due_date_leaves_the_rules_as_they_were(
    served: Served, caplog, line: str, said: str
) -> None:
    ada = served.enter("ada")
    due(served, line)
    (served.root / "serve.toml").write_text(EASY + 'opens = "2099-01-01 08:00 UTC"\n')
    assert ada.upload().status_code == 303
    assert said in " ".join(getattr(record, "why", "") for record in caplog.records)
    due(served, "")
    assert ada.upload().status_code == 429, "the change of serve.toml was not forgotten"
    due(served, line)
    with pytest.raises(RulesRefused):
        make_served(served.root)


def test_a_grader_with_a_typo_leaves_the_rules_as_they_were(served: Served) -> None:
    ada = served.enter("ada")
    (served.root / "autograder" / "graders" / "tiny.py").write_text("def test_square(:")
    (served.root / "serve.toml").write_text(EASY + 'speak = "pass-fail"')
    assert ada.get("/try/tiny").status_code == 200


def test_the_instructor_sees_who_tried_how_often_and_which_tests_moved(served: Served) -> None:
    served.pool.answer = fails("no")
    ada = served.enter("ada")
    ada.try_it()
    served.pool.answer = verdict
    ada.try_it(course.with_sources(square="def square(x):\n    return x ** 2"))
    teacher = served.enter("prof", "instructor")
    page = teacher.client.get("/", follow_redirects=True).text
    assert "ada" in page and "square: test_square: passed in attempt 2" in page
    assert teacher.get("/try/tiny").status_code == 403 and teacher.upload(token="0").status_code == 403


def test_the_attempts_are_next_to_the_class_page_which_links_to_them(served: Served) -> None:
    served.pool.answer = fails("no")
    served.enter("ada").try_it()
    page, table = write_attempts(served.root, "tiny", served.store, ["One rule."], "now")
    assert "One rule." in page.read_text() and "square: test_square" in page.read_text()
    assert table.read_text().splitlines()[1].startswith("ada,1,1,2,2,5,")
    write_class(served.root, made_up("ada"))
    assert main_report("tiny", root=served.root) == 0
    assert 'href="./attempts.html"' in (page.parent / "class.html").read_text()


def test_metrics_and_health(served: Served) -> None:
    served.enter("ada").try_it()
    client = served.stranger()
    assert client.get("/healthz").json() == {"ok": True, "waiting": 0, "running": 0}
    assert client.get("/metrics").status_code == 404
    assert b'course_serve_verdicts_total{assignment="tiny",state="done"} 1.0' in served.metrics.text()


def test_a_refused_upload_is_read_before_the_answer_which_a_proxy_would_lose(served: Served) -> None:
    code = served.store.invite("ada")
    chunks = [
        {"type": "http.request", "body": b" " * 2**20, "more_body": more} for more in (*[True] * 11, False)
    ]
    happened: list[str] = []

    async def receive():
        happened.append("read")
        return chunks.pop(0)

    async def send(message):
        happened.append(f"{message.get('status', '')}")

    headers = [(b"authorization", f"Bearer {code}".encode()), (b"content-length", b"%d" % (12 * 2**20))]
    scope = {"type": "http", "method": "POST", "path": "/try/tiny", "query_string": b"", "headers": headers}
    asyncio.run(served.app(scope, receive, send))
    assert happened[:13] == [*["read"] * 12, "413"]
