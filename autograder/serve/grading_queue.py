"""The queue of notebooks: accepts them according to the rules, has them judged in turn, and keeps the verdicts.

A notebook is on disk and its attempt in the store before its student reads that it was accepted, and a verdict is in
the store before anybody reads it. What is interrupted in between is started again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from sqlalchemy.exc import InterfaceError, OperationalError

from autograder.batch.cache import grounds_of, judging_code
from autograder.batch.judging import JudgingRefused, Unit, nothing, outcome
from autograder.batch.submitted import Submitted
from autograder.grading.assignment import Assignment, AssignmentError
from autograder.grading.report import ERROR, Report
from autograder.grading.safe_text import visible
from autograder.grading.submission import UnreadableSubmission, read
from autograder.serve.attempts import Results
from autograder.serve.metrics import Metrics
from autograder.serve.pool import Pool
from autograder.serve.rules import Permission, duration, permission
from autograder.serve.rules_file import RulesFile
from autograder.serve.store import DONE, FOLDER, LOST, RUNNING, UNREADABLE, WAITING, Attempt, Store

NOTEBOOKS = "notebooks"
BUGS = "bugs.txt"
"""Bugs in graders, for the instructor."""
_FREE_DISK = 2**30
"""Bytes that are left free on the disk: the gradebook and the reports need them."""
_RECENT = 50
_FIRST_GUESS = 5.0
"""Assumed seconds for one notebook, until there is a verdict to estimate from."""
_LOOK_SECONDS = 5.0
_AGAIN_SECONDS = 10.0
"""Seconds after which judges that refused an assignment are asked again."""
_ORDER_SECONDS = 1.0
"""For how long a computed order of the queue is reused, since many students look at it."""

log = logging.getLogger("autograder.serve")


class Refused(Exception):
    """An upload is not accepted; the message is one sentence for the student."""

    def __init__(self, why: str, sentence: str, status: int, seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.why, self.status, self.seconds = why, status, seconds


class GradingQueue:
    """The queue of one course. `start` and `stop` it; everything else may be called from any thread."""

    def __init__(
        self,
        root: Path,
        store: Store,
        pool: Pool,
        assignments: Mapping[str, Assignment],
        rules: RulesFile,
        metrics: Metrics,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.root, self.store, self.metrics, self.clock = root, store, metrics, clock
        self._pool, self._assignments, self._rules = pool, dict(assignments), rules
        self._grounds = {name: grounds_of(one) for name, one in assignments.items()}
        self._code = judging_code()
        self._renewing = threading.Lock()
        self._taking = threading.Lock()
        self._news = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._settling = threading.Lock()
        self._owed: deque[int] = deque()
        """Attempts that are still marked as running, because the store was unavailable when they were put back."""
        self._took: deque[float] = deque(maxlen=_RECENT)
        self._order: tuple[float, dict[int, int]] = (-1.0, {})
        self._refusals = threading.Lock()
        self._refused: dict[str, float] = {}
        """The assignments that judges refused when last asked, and until when each is left out of the queue."""
        self.broken: frozenset[str] = frozenset()
        """Those of them that are broken themselves: another assignment has been judged since."""
        self.problem = ""
        """Why no judge can work now, for any assignment that is not broken; for the operator."""
        metrics.judges.set(pool.size)

    # ---- from the pages

    def permission(self, student: str, assignment: str) -> Permission:
        """Whether the student may try now."""
        attempts = self.store.counted(student, assignment)
        return permission(self._rules.of(student, assignment), attempts, self.clock())

    def refuse_by_rules(self, student: str, assignment: str) -> None:
        """Raises Refused if the student may not try now."""
        allowed = self.permission(student, assignment)
        if not allowed.allowed:
            seconds = None if allowed.when is None else allowed.when - self.clock()
            raise Refused("rules", allowed.sentence, 403 if seconds is None else 429, seconds)

    def accept(self, student: str, assignment: str, upload: Path) -> Attempt:
        """Accepts the file `upload` as an attempt. Raises Refused."""
        with self._taking:  # of two simultaneous uploads, the second sees the first
            self.refuse_by_rules(student, assignment)
            self._refuse_if_full(student, assignment)
            now = self.clock()
            place = self._place(student, assignment, now)
            (self.root / place).parent.mkdir(parents=True, mode=0o700)
            os.replace(upload, self.root / place)
            attempt = self.store.add(student, assignment, place.as_posix(), now)
            keep = max(1, self._rules().rules[assignment].keep_notebooks)
            for old in self.store.forget_files(student, assignment, keep):
                shutil.rmtree((self.root / old).parent, ignore_errors=True)
        self.metrics.uploads.labels(assignment).inc()
        log.info("accepted", extra={"attempt": attempt.number, "student": student, "assignment": assignment})
        self._count()
        with self._news:
            self._news.notify()
        return attempt

    def _refuse_if_full(self, student: str, assignment: str) -> None:
        waiting = self.store.line(self.clock())
        if len(waiting) >= self._rules().waiting_limit and not self.store.has_waiting(student, assignment):
            seconds = self._seconds(len(waiting))
            raise Refused(
                "full",
                f"{len(waiting)} notebooks are waiting, which is as many as we take. Try again in about "
                f"{duration(seconds)}: this upload was not taken, and doesn't count.",
                503,
                seconds,
            )
        if shutil.disk_usage(self.root).free < _FREE_DISK:
            raise Refused("disk", "There is no room for more notebooks: tell your instructor.", 503, 600)

    def _place(self, student: str, assignment: str, now: float) -> Path:
        """A path named as in nbgrader's exchange, so that `make collect` takes the folder like any download."""
        when = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
        name = f"{student}+{assignment}+{when}+{secrets.token_hex(4)}"
        return Path(FOLDER, NOTEBOOKS, assignment, name, f"{assignment}.ipynb")

    def place(self, attempt: Attempt) -> tuple[int, float]:
        """How many are before it, and an estimate of the seconds until it is judged."""
        made, order = self._order
        if not 0 <= self.clock() - made < _ORDER_SECONDS or attempt.number not in order:
            line = self.store.line(self.clock(), self._left_out())
            order = {number: place for place, number in enumerate(line)}
            self._order = self.clock(), order
        before = order.get(attempt.number, 0)
        return before, self._seconds(before + 1)

    def _seconds(self, places: int) -> float:
        took = fmean(self._took) if self._took else _FIRST_GUESS
        return max(1.0, took * (places / self._pool.size + 0.5))

    def is_outdated(self) -> bool:
        """Whether the judging code has changed since the service started; new judges alone would not be enough."""
        return judging_code() != self._code

    # ---- to the judges

    def start(self) -> None:
        again, given_up = self.store.recover(self.clock())
        if again or given_up:
            log.warning("recovered", extra={"again": again, "given_up": given_up})
        self._count()
        for number in range(self._pool.size):
            thread = threading.Thread(target=self._work, name=f"judge {number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Finishes what is running; what waits is judged after the next start."""
        self._stopping.set()
        with self._news:
            self._news.notify_all()
        for thread in self._threads:
            thread.join()
        self._pool.close()

    def is_working(self) -> bool:
        """Whether notebooks are being judged: every thread lives, and no judge refuses."""
        return not self.problem and all(thread.is_alive() for thread in self._threads)

    def is_stopped(self, assignment: str) -> bool:
        """Whether notebooks of this assignment cannot be judged for now."""
        return bool(self.problem) or assignment in self._refused

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                found = self.judge_next()
            except Exception:  # whatever happened: a thread that ended would judge nothing any more
                log.exception("failed")
                found = False
            if not found:
                with self._news:
                    if not self._stopping.is_set():
                        self._news.wait(_LOOK_SECONDS)

    def judge_next(self) -> bool:
        """Has the first in the queue judged; returns whether there was one."""
        attempt = None
        try:
            self._settle()
            attempt = self.store.take(self.clock(), self._left_out())
            if attempt is not None:
                self._count()
                self._judge(attempt)
        except JudgingRefused as error:
            self._refuse(attempt, str(error))
        except (OperationalError, InterfaceError):  # the database is unavailable: all of it waits
            log.exception("the database does not answer")
            if attempt is not None:
                self._put_back(attempt)
            self._stopping.wait(_AGAIN_SECONDS)
        except Exception:  # a bug of ours, or a problem of the machine: go on with the next notebook
            log.exception("failed", extra={"attempt": attempt.number if attempt is not None else None})
            self._give_up(attempt)
        self._count()
        return attempt is not None

    def _judge(self, attempt: Attempt) -> None:
        assignment, grounds = self._as_on_disk(attempt.assignment)
        submitted = Submitted(attempt.student, self.root / attempt.file)
        begin = time.monotonic()
        try:
            submission = read(submitted.file, assignment)
        except UnreadableSubmission as error:
            return self._finish(attempt, UNREADABLE, nothing(assignment, submitted, str(error)).report)
        facts = {"digest": submission.digest, "grounds": _one_hash(grounds)}
        known = self._known(attempt, facts)
        if known is not None:  # the same cells again: the same verdict, without new random numbers
            return self._finish(attempt, DONE, known, **facts)
        # each attempt has its own random numbers, so that no attempt says anything about those of another
        grounds = {"submission": submission.digest, **grounds}
        unit = Unit(assignment, submitted, grounds, seed=secrets.randbits(62))
        answer = self._pool.ask(unit)
        self._judges_work(assignment.name)
        report, errors = outcome(unit, answer)
        if errors:
            self._keep_bugs(attempt, errors)
        seconds = time.monotonic() - begin
        self._took.append(seconds)
        self.metrics.judging.observe(seconds)
        state = LOST if "lost" in answer else DONE
        return self._finish(attempt, state, report, repairs=submission.repairs, **facts)

    def _known(self, attempt: Attempt, facts: Mapping[str, str]) -> Report | None:
        """The verdict on the same cells, unless they must be judged again, for example because a hidden test
        crashed."""
        kept = self.store.verdict_on(attempt.student, attempt.assignment, **facts)
        report = Report.from_json(json.loads(kept)) if kept is not None else None
        if report is None or any(task.status == ERROR for task in report.tasks.values()):
            return None
        return report

    def _as_on_disk(self, name: str) -> tuple[Assignment, Mapping[str, str]]:
        """The assignment, and what decides its verdicts. Starts new judges if its grader or release has changed.

        Raises JudgingRefused: the assignment cannot be read, for example in the middle of a build.
        """
        with self._renewing:
            try:
                if grounds_of(self._assignments[name]) != self._grounds[name]:
                    assignment = Assignment.load(name, root=self.root)
                    # before the judges read the files, so that no newer file goes unnoticed
                    grounds = grounds_of(assignment)
                    self._pool.renew()
                    self._assignments[name], self._grounds[name] = assignment, grounds
                    log.info("new judges", extra={"assignment": name})
            except (AssignmentError, OSError) as error:  # OSError: a build is just replacing a file
                raise JudgingRefused(str(error)) from None
            return self._assignments[name], self._grounds[name]

    def _finish(
        self,
        attempt: Attempt,
        state: str,
        report: Report,
        repairs: tuple[str, ...] | None = None,
        **facts: str,
    ) -> None:
        content = report.to_json() | {"student": attempt.student}
        if repairs is not None:
            content["repairs"] = list(repairs)
        now = self.clock()
        results = Results.of(report).to_json()
        self.store.finish(attempt.number, state, now, report=json.dumps(content), results=results, **facts)
        self.metrics.verdicts.labels(attempt.assignment, state).inc()
        self.metrics.upload_to_verdict.observe(now - attempt.received)
        log.info(
            "verdict",
            extra={
                "attempt": attempt.number,
                "student": attempt.student,
                "assignment": attempt.assignment,
                "state": state,
                "seconds": round(now - attempt.received, 3),
            },
        )

    def _keep_bugs(self, attempt: Attempt, errors: tuple[str, ...]) -> None:
        """Writes them to a file, not to the log: a grader's traceback may quote what a student's code returned."""
        log.error(
            "bug in a grader",
            extra={"attempt": attempt.number, "assignment": attempt.assignment, "see": BUGS},
        )
        with (self.root / FOLDER / BUGS).open("a", encoding="utf-8") as out:
            out.writelines(
                f"attempt {attempt.number}, {attempt.assignment}: {visible(one)}\n" for one in errors
            )

    def _refuse(self, attempt: Attempt, why: str) -> None:
        """Makes the attempt wait, and all others of its assignment. Other assignments are still tried when their turn
        comes."""
        self._put_back(attempt)
        with self._refusals:
            self._refused[attempt.assignment] = time.monotonic() + _AGAIN_SECONDS
            if attempt.assignment not in self.broken:
                self._set_problem(why)
        log.error("judging refused", extra={"assignment": attempt.assignment, "why": why})

    def _judges_work(self, assignment: str) -> None:
        """The judges judged this one, so the assignments that they refuse are broken themselves."""
        with self._refusals:
            self._refused.pop(assignment, None)
            self.broken = frozenset(self._refused)
            self._set_problem("")

    def _left_out(self) -> list[str]:
        """The assignments that are left out of the queue for now."""
        with self._refusals:
            return [name for name, until in self._refused.items() if until > time.monotonic()]

    def _put_back(self, attempt: Attempt) -> None:
        """Makes the attempt wait again, at once or as soon as the database is back."""
        self._owed.append(attempt.number)
        with contextlib.suppress(Exception):  # the next notebook that is taken tries this again
            self._settle()

    def _settle(self) -> None:
        """Puts back attempts for which this failed before."""
        with self._settling:
            while self._owed:
                self.store.put_back(self._owed[0])
                self._owed.popleft()

    def _give_up(self, attempt: Attempt | None) -> None:
        """After a bug of ours, the attempt does not count, and the service goes on."""
        if attempt is None:
            self._stopping.wait(_AGAIN_SECONDS)
            return
        try:
            self.store.finish(attempt.number, LOST, self.clock())
            self.metrics.verdicts.labels(attempt.assignment, LOST).inc()
        except Exception:
            self._put_back(attempt)

    def _set_problem(self, problem: str) -> None:
        self.problem = problem
        self.metrics.refusing.set(bool(problem))

    def _count(self) -> None:
        with contextlib.suppress(Exception):  # an unavailable database is reported where it is needed
            states = self.store.states()
            self.metrics.waiting.set(states[WAITING])
            self.metrics.running.set(states[RUNNING])


def _one_hash(grounds: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(grounds.items())).encode()).hexdigest()
