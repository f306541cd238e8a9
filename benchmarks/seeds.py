"""`python -m benchmarks.seeds ASSIGNMENT [N]`: the solution graded N times, each time with other random draws.

Prints how often every coding task got full marks, and each grading that did not, with the seed that repeats it.
"""

from __future__ import annotations

import statistics
import sys
import time

from autograder.grading.assignment import Assignment
from autograder.grading.judge import Judge
from autograder.grading.report import DEFERRED, PASSED
from autograder.grading.submission import read


def main(name: str, gradings: int) -> int:
    """Returns the exit status: 1 if any grading did not get full marks."""
    assignment = Assignment.load(name)
    submission = read(assignment.solution_file, assignment)
    failures, seconds = 0, []
    with Judge() as judge:
        for seed in range(gradings):
            begin = time.perf_counter()
            report = judge.grade(submission, assignment, seed=seed)
            seconds.append(time.perf_counter() - begin)
            tests = [test for task in report.tasks.values() for test in task.tests]
            lost = [test for test in tests if test.outcome not in (PASSED, DEFERRED)]
            failures += bool(lost)
            for test in lost:
                print(f"seed {seed}: {test.name} {test.outcome}: {test.message}")
        for error in judge.errors:
            print(f"a grader failed: {error}")
    print(
        f"{name}: full marks in {gradings - failures} of {gradings} gradings, "
        f"{statistics.median(seconds):.2f} s each (median; {max(seconds):.2f} at most)"
    )
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200))
