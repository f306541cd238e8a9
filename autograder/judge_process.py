"""A judge in a process of its own, spoken to in lines of JSON: set-up and notebooks' paths come in, reports go out.

Started by `autograder.judging` only. It ends when its input does, so that no judge outlives the run it works for.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from pathlib import Path
from typing import Any


def main(setup: dict[str, Any]) -> None:
    # what a grader prints must not land among the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    from autograder.assignment import Assignment, AssignmentError
    from autograder.judge import GraderError, Judge
    from autograder.sandbox import SandboxUnavailable
    from autograder.submission import read

    def answer(content: dict[str, Any]) -> None:
        answers.write(json.dumps(content) + "\n")
        answers.flush()

    root = Path(setup["root"])
    load = functools.cache(lambda name: Assignment.load(name, root=root))
    try:
        judge = Judge(setup["sandbox"], root=root)
    except (SandboxUnavailable, OSError) as error:
        return answer({"refused": str(error)})
    with judge:
        for line in sys.stdin:
            question = json.loads(line)
            try:
                assignment = load(question["assignment"])
                submission = read(Path(question["file"]), assignment)
                judge.errors.clear()
                judge.gpu = bool(question["tests"])
                report = judge.grade(
                    submission,
                    assignment,
                    seed=setup["seed"],
                    tests=question["tests"] or None,
                    failed=question["failed"],
                )
            except (AssignmentError, GraderError) as error:
                return answer({"refused": str(error)})
            except SandboxUnavailable:
                return None  # the fork server has ended: a new process tries again
            answer(
                {"report": report.to_json(), "errors": list(judge.errors), "submission": submission.digest}
            )


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))
