"""nbgrader's exchange, switched on by the one line of nbgrader_config.py."""

from __future__ import annotations

import json
from pathlib import Path

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


def test_released_handed_in_and_collected(
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


def test_it_is_off_without_a_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert door(root, monkeypatch).get_released_assignments() == set()
