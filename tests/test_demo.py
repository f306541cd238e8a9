"""`make demo`: what it submits for the class, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import demo


def test_the_demo_lays_out_a_class_of_24_in_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded: list[tuple[str, Path]] = []
    monkeypatch.setattr(demo, "FOLDER", tmp_path / "demo")
    monkeypatch.setattr(demo, "grade", lambda name, root: graded.append((name, root)) or 0)
    monkeypatch.setattr(demo.webbrowser, "open", lambda address: None)
    for _ in range(2):  # a second time, over the first
        assert demo.main() == 0
    assert graded == [(demo.ASSIGNMENT, tmp_path / "demo")] * 2
    submitted = list((tmp_path / "demo" / "submitted").glob(f"*/{demo.ASSIGNMENT}/{demo.ASSIGNMENT}.ipynb"))
    assert len(submitted) == 24
    contents = {file.parents[1].name: file.read_bytes() for file in submitted}
    assert len(set(contents.values())) == 24
    with pytest.raises(ValueError):
        json.loads(contents["niklaus"])
