"""The service under load: a class uploads twice, by HTTP, in ten minutes for 300 students; then everything at once.

First the notebooks are graded by the same judges without the service, as the ideal. Then each student uploads
at a random moment, reads the verdict, and uploads another notebook at a later one. It says whether anything was lost or
judged twice, how long students waited, whether memory stayed flat, and how many notebooks were judged a minute.
"""

from __future__ import annotations

import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autograder.batch.judging import Unit
from autograder.batch.local import LocalJudges
from autograder.batch.submitted import Submitted
from autograder.grading.assignment import Assignment
from autograder.grading.submission import read
from autograder.serve.store import DONE, Attempt, Store
from benchmarks.scale import ASSIGNMENT, Measured, course_of, environment, watch
from corpora.corpus import REPOSITORY

SECONDS_A_STUDENT = 2.0
"""The time for two uploads by each student: 300 students have ten minutes."""
_RULES = """
cooldown_seconds = 0
attempts_per_hour = 100
attempts_per_day = 100
waiting_limit = 10000
"""
_LOOK_SECONDS = 2.0


def main(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = course_of(Path(folder), 2 * size)  # the second half are the second uploads
        notebooks = sorted((course / "submitted").glob("*/*/*.ipynb"))
        ideal = _without_service(course, notebooks)
        (course / "serve.toml").write_text(_RULES, encoding="utf-8")
        store = Store.of_course(course)
        codes = [store.invite(f"student-{number:03}") for number in range(size)]
        window = SECONDS_A_STUDENT * size
        measured = Measured()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        call = f"serve(Path({str(course)!r}), port={port})"
        code = f"import autograder.startup\nfrom pathlib import Path\nfrom autograder.serve.run import serve\n{call}"
        with Path(folder, "log.txt").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code], cwd=REPOSITORY, env=environment(), stdout=log, stderr=log
            )
        address = f"http://127.0.0.1:{port}"
        ended = threading.Event()
        watcher = threading.Thread(target=watch, args=([process], measured, ended))
        try:
            _until_it_answers(address)
            watcher.start()
            spread = _uploads(address, codes, notebooks, window)
            before = len(store.attempts())
            others = [*notebooks[1:], notebooks[0]]  # equal cells would not be judged again
            at_once = _uploads(address, codes, others, 0.0)
        finally:
            ended.set()
            process.terminate()
            process.wait()
            if watcher.ident is not None:
                watcher.join()
        _print(size, window, store.attempts(), before, spread + at_once, ideal, measured)
        store.close()


def _without_service(course: Path, notebooks: list[Path]) -> float:
    """Notebooks per second from the judges alone, from the first verdict to the last."""
    assignment = Assignment.load(ASSIGNMENT, root=course)
    units = [
        Unit(assignment, Submitted(file.parts[-3], file), {"submission": read(file, assignment).digest})
        for file in notebooks
    ]
    ends = [time.monotonic() for _ in LocalJudges(course).answers(units, lambda unit: None)]
    return (len(ends) - 1) / (ends[-1] - ends[0])


def _uploads(address: str, codes: list[str], notebooks: list[Path], window: float) -> int:
    """Everybody uploads twice within `window` seconds and reads each verdict; how many were accepted."""
    draw = random.Random(0)
    plans = [sorted(draw.uniform(0, window) for _ in range(2)) for _ in codes]
    begin = time.monotonic()

    def student(number: int) -> int:
        accepted = 0
        for turn, moment in enumerate(plans[number]):
            time.sleep(max(0.0, begin + moment - time.monotonic()))
            content = notebooks[turn * len(codes) + number].read_bytes()
            answer = _ask(f"{address}/try/{ASSIGNMENT}", codes[number], content)
            place = answer["state"].partition("/attempt/")[2]
            accepted += 1
            while True:
                state = _ask(f"{address}/attempt/{place}", codes[number])
                if state["state"] not in ("waiting", "running"):
                    break
                time.sleep(max(_LOOK_SECONDS, state["seconds"]))
        return accepted

    with ThreadPoolExecutor(len(codes)) as threads:
        return sum(threads.map(student, range(len(codes))))


def _ask(address: str, code: str, content: bytes | None = None) -> dict:
    """The answer; asks again if the service says that there were too many requests."""
    while True:
        request = urllib.request.Request(address, content, {"Authorization": f"Bearer {code}"})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                raise
            time.sleep(float(error.headers.get("Retry-After", 1)))


def _until_it_answers(address: str) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)


def _print(
    size: int, window: float, attempts: list[Attempt], before: int, accepted: int, ideal: float, run: Measured
) -> None:
    states = Counter(attempt.state for attempt in attempts)
    twice = sum(attempt.tries > 1 for attempt in attempts)
    print(
        f"{size} students upload a Titanic notebook twice within {window:.0f} s, then twice more as fast as they can"
    )
    print(
        f"  {accepted} uploads accepted: {states[DONE]} verdicts, {accepted - states[DONE]} lost, {twice} judged twice"
    )
    for words, some in (("spread", attempts[:before]), ("at once", attempts[before:])):
        waits = sorted(one.ended - one.received for one in some)
        ends = sorted(one.ended for one in some)
        rate = (len(ends) - 1) / (ends[-1] - ends[0])
        late = waits[int(0.95 * (len(waits) - 1))]
        middle = statistics.median(waits)
        print(f"  {words + ':':9} upload to verdict {middle:.1f} s (median), {late:.1f} s (95th percentile)")
        print(f"  {'':9} {60 * rate:.0f} notebooks a minute")
    print(f"  the same judges without the service: {60 * ideal:.0f} notebooks a minute")
    shares = ", ".join(f"{run.around(share) / 1024:.2f}" for share in (0.1, 0.5, 0.9))
    print(f"  memory after a tenth of the run, in the middle and at the end: {shares} GiB")
