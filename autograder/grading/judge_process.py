"""Judges in processes of their own, which are driven by lines of JSON: set-up and notebook paths go in, reports come
out.

Started by batch/local.py only. A judge ends when its input ends, so none outlives the run it works for.

Starting takes many seconds, so judges that work in parallel share one start: the first imports everything while the
fork server does the same, and the others are forked from it. They die with it, as the fork server does.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from autograder.grading.assignment import Assignment, AssignmentError
from autograder.grading.start_judge import import_graders
from autograder.grading.start_sandbox import start_sandbox
from autograder.sandbox import hardening
from autograder.sandbox.faults import SandboxUnavailable

if TYPE_CHECKING:
    from autograder.grading.judge import Judge


_NO_GPU = (
    "this machine has no GPU that grading can use: leave out GPU=1 where its worker is started, or grade the tests "
    "that need one elsewhere (docs/instructor.md)"
)


def main(setup: dict[str, Any]) -> None:
    # what a grader prints must not get mixed with the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    links = [socket.socket(fileno=number) for number in setup.get("links", ())]
    root = Path(setup["root"])
    load = functools.cache(functools.partial(Assignment.load, root=root))
    try:
        names = setup.get("assignments", ())
        known = _known(load, names)
        server = start_sandbox(
            setup["sandbox"], root, meanwhile=lambda: import_graders(known), assignments=names
        )
    except (AssignmentError, SandboxUnavailable, OSError) as error:
        for out in (answers, *(link.makefile("w", encoding="utf-8") for link in links)):
            _answer(out, {"refused": str(error)})
        return
    from autograder.grading.judge import Judge

    with Judge(root=root, server=server) as judge:
        while links:
            link = links.pop()
            other = judge.share()
            if os.fork() == 0:
                try:
                    hardening.die_with_parent()
                    answers.close()
                    for one in links:
                        one.close()
                    with link.makefile("r", encoding="utf-8") as questions, link.makefile("w") as answers:
                        _serve(other, questions, answers, load, setup["seed"])
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(0)  # without cleaning up what belongs to the first judge
            other.close()
            link.close()
        _serve(judge, sys.stdin, answers, load, setup["seed"])


def _known(load: Callable[[str], Assignment], names: Iterable[str]) -> Iterator[Assignment]:
    """The assignments of these names. One that is not built is reported when it is needed."""
    for name in names:
        with contextlib.suppress(AssignmentError):
            yield load(name)


def _serve(
    judge: Judge, questions: TextIO, answers: TextIO, load: Callable[[str], Assignment], seed: int
) -> None:
    from autograder.grading.assignment import AssignmentError
    from autograder.grading.gpu import has_gpu
    from autograder.grading.judge import GraderError
    from autograder.grading.submission import read

    for line in questions:
        question = json.loads(line)
        if (
            question["tests"] and not has_gpu()
        ):  # on a CPU they would take too long, which would cost the points
            return _answer(answers, {"refused": _NO_GPU})
        try:
            assignment = load(question["assignment"])
            submission = read(Path(question["file"]), assignment)
            judge.errors.clear()
            judge.gpu = bool(question["tests"])
            report = judge.grade(
                submission,
                assignment,
                seed=question.get("seed", seed),
                tests=question["tests"] or None,
                failed=question["failed"],
            )
        except (AssignmentError, GraderError) as error:
            return _answer(answers, {"refused": str(error)})
        except SandboxUnavailable:
            return  # the fork server has ended: a new process tries again
        _answer(
            answers,
            {"report": report.to_json(), "errors": list(judge.errors), "submission": submission.digest},
        )


def _answer(answers: TextIO, content: dict[str, Any]) -> None:
    answers.write(json.dumps(content) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))
