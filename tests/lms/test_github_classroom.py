"""The reusable workflow for GitHub Classroom: what it may do, and what its scoring step tells whom."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from autograder.batch.submitted import find_notebook
from tests import course

WORKFLOW = course.REPOSITORY / ".github" / "workflows" / "classroom.yml"


@pytest.fixture(scope="module")
def workflow() -> dict:
    return yaml.load(WORKFLOW.read_text(), Loader=yaml.BaseLoader)  # `on` stays a word


@pytest.fixture(scope="module")
def steps(workflow: dict) -> list[dict]:
    (job,) = workflow["jobs"].values()
    return job["steps"]


def test_it_is_called_and_starts_by_nothing_else(workflow: dict) -> None:
    assert list(workflow["on"]) == ["workflow_call"]
    call = workflow["on"]["workflow_call"]
    assert {name for name, facts in call["inputs"].items() if facts.get("required") == "true"} == {
        "course",
        "assignment",
    }
    assert call["secrets"]["course-token"]["required"] == "true"


def test_it_may_only_read(workflow: dict) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert not [job for job in workflow["jobs"].values() if "permissions" in job]


def test_the_two_checkouts_lie_apart_and_keep_no_token(steps: list[dict]) -> None:
    checkouts = [step["with"] for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert [facts["path"] for facts in checkouts] == ["submission", "course"]
    assert all(facts["persist-credentials"] == "false" for facts in checkouts)
    assert checkouts[1]["token"] == "${{ secrets.course-token }}"


def test_no_input_is_pasted_into_a_script_and_no_script_sees_a_secret(steps: list[dict]) -> None:
    for step in steps:
        assert "${{" not in step.get("run", "")
        assert "secrets" not in json.dumps(step.get("env", {}))


def test_nothing_of_the_students_runs_by_itself(steps: list[dict]) -> None:
    runs = [line for step in steps for line in step.get("run", "").splitlines() if "submission" in line]
    assert len(runs) == 1 and runs[0].startswith("course/scripts/score_push.sh ")
    assert not [step for step in steps if step.get("working-directory", "").startswith("submission")]


def test_the_graders_are_gone_before_anything_is_kept(steps: list[dict]) -> None:
    names = [step.get("uses", step.get("run", "")) for step in steps]
    removed = names.index('rm -rf "$GITHUB_WORKSPACE/course"')
    kept = [n for n, name in enumerate(names) if name.startswith("actions/upload-artifact@")]
    assert steps[removed]["if"] == "always()"
    assert kept and min(kept) > removed
    assert steps[kept[0]]["with"]["path"] == "${{ runner.temp }}/report"


def test_all_its_actions_are_githubs_own(steps: list[dict]) -> None:
    assert all(step["uses"].startswith("actions/") for step in steps if "uses" in step)


# the scoring step, with a program in the place of `python -m autograder score`

SCORES = """
import pathlib, sys
if sys.argv[1:3] != ["-m", "autograder"]:
    import os
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
pathlib.Path(sys.argv[sys.argv.index("--json") + 1]).write_text(
    '{"score": 4.5, "max_score": 5.0, "pending": 2.0}'
)
print("## tiny: 4.5 of 5 points\\n::add-mask::4")
print("a grader failed: assert answer == 42", file=sys.stderr)
"""
FAILS = """
import os, sys
if sys.argv[1:3] != ["-m", "autograder"]:
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
print("autograder: tiny.py cannot be run (pytest exit 2):\\nassert answer == 42", file=sys.stderr)
sys.exit(2)
"""


@dataclass
class Scored:
    done: subprocess.CompletedProcess[str]
    folder: Path

    def text(self, name: str) -> str:
        file = self.folder / name
        return file.read_text() if file.exists() else ""


def score(tmp_path: Path, program: str) -> Scored:
    checkout = tmp_path / "course"
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(course.REPOSITORY / "scripts" / "score_push.sh", checkout / "scripts")
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / "program.py").write_text(program)
    python = checkout / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/bash\nexec {sys.executable} {checkout / "program.py"} "$@"\n')
    python.chmod(0o755)
    (tmp_path / "submission").mkdir()
    environment = {
        **os.environ,
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    command = [checkout / "scripts" / "score_push.sh", tmp_path / "submission", "tiny", tmp_path / "report"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return Scored(done, tmp_path)


def test_the_log_shows_the_report_and_nothing_else(tmp_path: Path) -> None:
    scored = score(tmp_path, SCORES)
    assert scored.done.returncode == 0, scored.done.stderr
    log = scored.done.stdout.splitlines()
    token = log[0].removeprefix("::stop-commands::")
    assert len(token) >= 32
    # what a student could have written stands where the runner takes no commands
    assert log[1:4] == ["## tiny: 4.5 of 5 points", "::add-mask::4", f"::{token}::"]
    assert log[4:] == [
        "::notice title=Autograding complete::Points 4.5/5",
        '::notice title=Autograding report::{"totalPoints": 4.5, "maxPoints": 5.0}',
    ]
    assert scored.done.stderr == ""
    assert scored.text("summary").startswith("## tiny: 4.5 of 5 points")
    assert scored.text("output") == "score=4.5\nmax-score=5\npending=2\n"
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["report.json", "report.md"]


def test_a_failing_grader_shows_none_of_its_lines(tmp_path: Path) -> None:
    scored = score(tmp_path, FAILS)
    assert scored.done.returncode == 2
    assert scored.done.stdout.splitlines()[1:2] == ["autograder: tiny.py cannot be run (pytest exit 2):"]
    everything = scored.done.stdout + scored.done.stderr + scored.text("summary") + scored.text("output")
    assert "42" not in everything.replace(scored.done.stdout.splitlines()[0].split("::")[-1], "")


def test_a_link_to_the_graders_is_no_notebook(tmp_path: Path) -> None:
    (tmp_path / "course" / "solutions").mkdir(parents=True)
    (tmp_path / "course" / "solutions" / "tiny.ipynb").write_text("{}")
    submission = tmp_path / "submission"
    submission.mkdir()
    (submission / "tiny.ipynb").symlink_to("../course/solutions/tiny.ipynb")
    (submission / "all").symlink_to("../course")
    assert find_notebook(submission, "tiny").file is None
