"""nbgrader's exchange, switched on by the one line of nbgrader_config.py."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.apps import NbGraderApp
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeFactory

from autograder.batch.submitted import collect
from tests import course


def door(root: Path, monkeypatch: pytest.MonkeyPatch) -> NbGraderAPI:
    """What formgrader's buttons call."""
    monkeypatch.chdir(root)
    app = NbGraderApp()
    app.initialize([])
    app.load_config_file()
    return NbGraderAPI(app.coursedir, parent=app)


@pytest.fixture
def exchange(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exchange")
    folder.chmod(0o777)
    config = root / "nbgrader_config.py"
    text = config.read_text()
    assert "exchange = None\n" in text
    config.write_text(text.replace("exchange = None\n", f"exchange = {str(folder)!r}\n"))
    return folder


def test_released_submitted_and_collected(
    root: Path, exchange: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    instructor = door(root, monkeypatch)
    released = instructor.release_assignment(course.NAME)
    assert released["success"], released

    home = tmp_path_factory.mktemp("student")
    (home / course.NAME).mkdir()
    (home / course.NAME / "tiny.ipynb").write_text(json.dumps(course.solved()))
    monkeypatch.chdir(home)
    monkeypatch.setenv("USER", "ada")
    settings = instructor.parent
    settings.coursedir.assignment_id = str(home / course.NAME)
    submit = ExchangeFactory(parent=settings).Submit(
        coursedir=settings.coursedir, authenticator=Authenticator(parent=settings), parent=settings
    )
    submit.start()

    collected = door(root, monkeypatch).collect(course.NAME)
    assert collected["success"], collected
    (ada,) = collect(root, course.NAME)
    assert json.loads(ada.file.read_text()) == course.solved()
    assert ada.file.with_name("timestamp.txt").read_text().strip()


def put(exchange: Path, name: str, book: bytes = b"{}") -> Path:
    """A folder in the inbound folder, as any user of the machine can make it."""
    folder = exchange / "deep-learning" / "inbound" / name
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_bytes(book)
    return folder


def test_links_and_special_files_are_not_collected(
    root: Path, exchange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = root / "solutions" / course.NAME / "tiny.ipynb"
    mallory = put(exchange, "mallory+tiny+2026-10-01 10:00:00 UTC+x")
    (mallory / "key.ipynb").symlink_to(secret)
    (mallory / "passwords").symlink_to("/etc/passwd")
    (mallory / "solutions").symlink_to(secret.parent)
    (mallory / "loop").symlink_to(".")
    (mallory / "hard.ipynb").hardlink_to(secret)
    os.mkfifo(mallory / "pipe")  # at which nbgrader's own waits for ever
    (mallory / "work" / "deep").mkdir(parents=True)
    (mallory / "work" / "deep" / "notes.txt").write_text("mine")
    (mallory / "work" / "out").symlink_to("/etc")
    (mallory / "__pycache__").mkdir()
    collected = door(root, monkeypatch).collect(course.NAME)
    assert collected["success"], collected
    there = root / "submitted" / "mallory" / course.NAME
    assert {path.relative_to(there).as_posix() for path in there.rglob("*")} == {
        "tiny.ipynb",
        "work",
        "work/deep",
        "work/deep/notes.txt",
    }
    assert "links and special files are not collected: hard.ipynb, key.ipynb" in collected["log"]


def test_a_folder_that_is_no_submission_costs_nobody_else(
    root: Path, exchange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(exchange, "ada+tiny+2026-10-01 10:00:00 UTC+x", json.dumps(course.solved()).encode())
    inbound = exchange / "deep-learning" / "inbound"
    names = ["bob+tiny+yesterday+x", "..+tiny+2026-10-01 10:00:00 UTC+x", "+tiny+2026-10-01 10:00:00 UTC"]
    for name in (*names, "<b>+tiny+2026-10-01 10:00:00 UTC+x"):
        put(exchange, name)
    (inbound / "eve+tiny+2026-10-01 10:00:00 UTC+x").symlink_to(root / "solutions")
    (inbound / "dan+tiny+2026-10-01 10:00:00 UTC+x").write_text("a file")
    collected = door(root, monkeypatch).collect(course.NAME)
    assert collected["success"], collected
    assert [path.name for path in (root / "submitted").iterdir()] == ["ada"]
    assert not (root / course.NAME).exists()
    # nbgrader itself overlooks names that begin with a dot
    assert collected["log"].count("is not collected") == 5


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives a file to another account")
def test_nobody_submits_in_another_account_s_name(
    root: Path, exchange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can make a folder in the inbound folder; whose it is, the system knows."""
    mine = put(exchange, "ada+tiny+2026-10-01 10:00:00 UTC+x", json.dumps(course.solved()).encode())
    put(exchange, "ada+tiny+2026-10-02 10:00:00 UTC+x")
    account = SimpleNamespace(pw_uid=54321)
    os.chown(mine, account.pw_uid, -1)
    monkeypatch.setattr("autograder.gradebook.exchange.pwd.getpwnam", lambda name: account)
    collected = door(root, monkeypatch).collect(course.NAME)
    assert collected["success"], collected
    assert "another account than ada's" in collected["log"]
    (ada,) = collect(root, course.NAME)
    assert json.loads(ada.file.read_text()) == course.solved()


def test_it_is_off_without_a_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert door(root, monkeypatch).get_released_assignments() == set()
