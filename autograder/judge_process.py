"""A judge in a process of its own, spoken to in lines of JSON: set-up and notebooks' paths come in, reports go out.

Started by `autograder.judging` only. It ends when its input does, so that no judge outlives the run it works for.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main(setup: dict) -> None:
    # what a grader prints must not land among the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    from autograder.assignment import Assignment, AssignmentError
    from autograder.judge import GraderError, Judge
    from autograder.sandbox import SandboxUnavailable

    def answer(content: dict) -> None:
        answers.write(json.dumps(content) + "\n")
        answers.flush()

    try:
        root = Path(setup["root"])
        assignment = Assignment.load(setup["assignment"], root=root, graders=Path(setup["graders"]))
        with Judge(setup["sandbox"], root=root) as judge:
            for line in sys.stdin:
                judge.errors.clear()
                report = judge.grade(Path(json.loads(line)), assignment, seed=setup["seed"])
                answer({"report": report.to_json(), "errors": list(judge.errors)})
    except (AssignmentError, GraderError, SandboxUnavailable) as error:
        answer({"refused": str(error)})


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))
