"""A notebook sends itself to the service and prints the verdict below its cell."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from types import ModuleType

import pytest

from autograder.grading.assignment import REPOSITORY, SHARED
from tests.serve.conftest import WRONG, Open


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, open_service: Open) -> ModuleType:
    """The module of the released notebooks, where Jupyter runs in a folder with a saved notebook."""
    (tmp_path / "tiny.ipynb").write_text(json.dumps(WRONG))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.syspath_prepend(str((REPOSITORY / SHARED / "course").parent))
    open_service.go.set()
    from course import service

    monkeypatch.setattr(service, "_course", {})
    monkeypatch.setattr(service.getpass, "getpass", lambda prompt: "")
    return service


def test_it_sends_itself_and_prints_the_verdict(service: ModuleType, open_service: Open, capsys) -> None:
    service.send()
    assert "Run the last cell" in capsys.readouterr().out
    service.offer("tiny", open_service.address)
    service.send()
    assert "Your personal link is not known here" in capsys.readouterr().out
    service.send(open_service.link("cyd"))
    said = capsys.readouterr().out
    assert "Not final. tiny: 2 of 5 points" in said and "Squaring." in said
    kept = Path("~/.config/course-link").expanduser()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    service.send()  # the link is known by now
    assert "Not final." in capsys.readouterr().out
    service.send()
    assert "You have used all 2 attempts" in capsys.readouterr().out


def test_what_goes_wrong_is_a_sentence(service: ModuleType, open_service: Open, capsys) -> None:
    service.offer("tiny", open_service.address)
    service.send(f"{open_service.address}/enter#not-a-link")
    assert "Open your personal link to enter." in capsys.readouterr().out
    assert not Path("~/.config/course-link").expanduser().exists()
    service.offer("tiny", "http://127.0.0.1:9")
    service.send("x#y")
    assert "The service does not answer" in capsys.readouterr().out
    Path("tiny.ipynb").unlink()
    service.send("x#y")
    assert "was not found here" in capsys.readouterr().out
