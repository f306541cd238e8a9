"""Classes of 30 to 1,000, graded by one run: submissions a minute, CPU time, memory, and the time of a second run.

A class is made from the Titanic corpora, alternating correct and wrong submissions, each with a different extra line so
that no two are equal. `on_this_machine` grades each with one and with two judges, and draws what it measured;
`on_a_cluster` grades one through a Dask scheduler with two workers.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from autograder.grading.assignment import REPOSITORY, SHARED
from corpora.corpus import cases, lay_out_course

ASSIGNMENT = "titanic"
SIZES = (30, 100, 300, 1000)
JUDGES = (1, 2)
WORKERS = 2
SHARES = {"after a tenth": 0.1, "in the middle": 0.5, "at the end": 0.9}
RESULTS = REPOSITORY / "benchmarks" / "scale.json"
PICTURE = REPOSITORY / "docs" / "images" / "scale.svg"
QUICK_LOOK = REPOSITORY / ".cache" / "benchmarks"
SAMPLE_SECONDS = 2.0
_ROLES = {
    "autograder.grading.judge_process": "judges",
    "sandbox.forkserver": "sandboxes",
    "distributed.cli": "Dask",
    "multiprocessing": "Dask",
}


@dataclass
class Measured:
    """One run: wall seconds, and the memory of its processes in MiB over time (shared pages counted once)."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """CPU time of the whole machine: most of a judge's forks are never waited for, so no process's own count includes
    them all."""
    watching: float = 0.0
    """CPU seconds that taking the samples used, which do not belong to the run."""
    samples: list[Counter[str]] = field(default_factory=list)
    seen: Counter[psutil.Process] = field(default_factory=Counter)
    """The number of samples in which each process was seen."""
    used: dict[psutil.Process, float] = field(default_factory=dict)
    """The CPU seconds of each process when it was last seen."""

    @property
    def staying_seconds(self) -> float:
        """CPU seconds of the long-lived processes: the run, its judges and the fork servers.

        The rest of the machine's computing was in forks that live for a few seconds each: students' code.
        """
        often = max(3, len(self.samples) // 4)
        return sum(self.used[one] for one, times in self.seen.items() if times >= often)

    @property
    def beyond(self) -> float:
        """All CPU time divided by that of the forks, minus 1."""
        return self.cpu_seconds / (self.cpu_seconds - self.staying_seconds) - 1

    def around(self, share: float, role: str | None = None) -> float:
        """The median of a tenth of the samples, around the time when `share` of the judging was done."""
        judging = [sample for sample in self.samples if sample["judges"]]
        width = max(1, len(judging) // 10)
        start = min(int(share * len(judging)), len(judging) - width)
        chosen = judging[start : start + width]
        return statistics.median(sample[role] if role else sample.total() for sample in chosen)

    @property
    def peak(self) -> float:
        return max(sample.total() for sample in self.samples)


def on_this_machine(size: int | None) -> None:
    """Writes the measurements after each class, and a figure of them: into docs/, or into .cache for a single class."""
    folder = QUICK_LOOK if size else RESULTS.parent
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    print(f"Classes of Titanic submissions on {os.cpu_count()} cores")
    for judges, number in itertools.product(JUDGES, [size] if size else SIZES):
        rows.append(_graded(number, judges))
        (folder / RESULTS.name).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    picture = QUICK_LOOK / PICTURE.name if size else PICTURE
    draw(rows, picture)
    print(table(rows))
    print(f"{picture.relative_to(REPOSITORY)}, from {(folder / RESULTS.name).relative_to(REPOSITORY)}\n")


def _graded(size: int, judges: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        course = course_of(Path(folder), size)
        run = _measured(_grade_command(course, jobs=judges))
        again = _measured(_grade_command(course, jobs=judges))
        print(f"A class of {size}, {judges} judge{'s' * (judges > 1)}")
        _print(run, size)
        print(
            f"  {run.cpu_seconds:8.1f} s of CPU time on this machine, {run.staying_seconds:.1f} s of it outside the "
            f"students' processes: {run.beyond:.0%} more than they computed"
        )
        _print_marks(course)
        return {
            "submissions": size,
            "judges": judges,
            "seconds": run.seconds,
            "CPU beyond": run.beyond,
            "a minute": size / run.seconds * 60,
            **{f"GiB {words}": run.around(share) / 1024 for words, share in SHARES.items()},
            "GiB at most": run.peak / 1024,
            "unchanged": again.seconds,
            "stall": stall(course),
        }


def stall(course: Path) -> float:
    """The longest time in seconds in which no judge finished anything, from the first verdict to the last."""
    kept = (course / "reports" / ".kept" / ASSIGNMENT).glob("*.json")
    ends = sorted(file.stat().st_mtime for file in kept)
    return max((after - before for before, after in itertools.pairwise(ends)), default=0.0)


def table(rows: list[dict[str, Any]]) -> str:
    """For docs/performance.md."""
    lines = [
        "| submissions | judges | a minute | CPU beyond the students' | GiB after a tenth, in the middle, at the end "
        "| again | longest stall |",
        "| ---: | ---: | ---: | ---: | --- | ---: | ---: |",
    ]
    for row in rows:
        memory = ", ".join(f"{row[f'GiB {words}']:.2f}" for words in SHARES)
        lines.append(
            f"| {row['submissions']:,} | {row['judges']} | {row['a minute']:.0f} "
            f"| {row['CPU beyond']:.0%} | {memory} "
            f"| {row['unchanged']:.1f} s | {row['stall']:.1f} s |"
        )
    return "\n".join(lines)


def draw(rows: list[dict[str, Any]], file: Path) -> None:
    """Throughput, memory, the unchanged run and the longest stall, by the size of the class."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "scale"  # the same picture from the same numbers
    sys.path.append(str(REPOSITORY / SHARED))
    from course import style  # isort: skip
    from matplotlib import pyplot as plt
    from matplotlib.ticker import NullLocator

    style.use()
    figure, axes = plt.subplots(2, 2, figsize=(8.5, 6.5))
    panels = {
        "a minute": "submissions a minute",
        "GiB": "memory, GiB",
        "unchanged": "again, unchanged, seconds",
        "stall": "longest stall, seconds",
    }
    for axis, (quantity, label) in zip(axes.flat, panels.items(), strict=True):
        for judges in sorted({row["judges"] for row in rows}):
            mine = [row for row in rows if row["judges"] == judges]
            name = f"{judges} judge{'s' * (judges > 1)}"
            keys = (
                {f"GiB {when}": f"{name}, {when}" for when in SHARES}
                if quantity == "GiB"
                else {quantity: name}
            )
            for (key, legend), marker in zip(keys.items(), "o^s", strict=False):
                sizes, values = [row["submissions"] for row in mine], [row[key] for row in mine]
                look = {"color": f"C{judges - 1}", "linestyle": "-" if judges == 1 else "--"}
                axis.plot(sizes, values, marker=marker, fillstyle="none", label=legend, **look)
        axis.set(
            ylabel=label,
            xlabel="submissions",
            xscale="log",
            xticks=sorted({row["submissions"] for row in rows}),
        )
        axis.get_xaxis().set_major_formatter("{x:.0f}")
        axis.get_xaxis().set_minor_locator(NullLocator())
        axis.set_ylim(0, 1.1 * axis.get_ylim()[1])
        axis.legend(fontsize=8)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    plt.close(figure)


def on_a_cluster(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = course_of(Path(folder), size)
        scheduler_file = Path(folder, "scheduler.json")
        common = ["--scheduler-file", str(scheduler_file), "--no-dashboard"]
        commands = [["dask_scheduler", *common, "--port", "0", "--host", "127.0.0.1"]]
        commands += [["dask_worker", *common, "--nthreads", "1"]] * WORKERS
        with Path(folder, "log.txt").open("w") as log:
            processes = [
                subprocess.Popen(
                    [sys.executable, "-m", f"distributed.cli.{command}", *options],
                    cwd=REPOSITORY,
                    env=environment(),
                    stdout=log,
                    stderr=log,
                )
                for command, *options in commands
            ]
        try:
            from distributed import Client

            with Client(scheduler_file=str(scheduler_file), set_as_default=False) as client:
                client.wait_for_workers(WORKERS, timeout=120)
                address = client.scheduler.address
            run = _measured(_grade_command(course, scheduler=address), processes)
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait()
        print(f"The same class of {size} through a Dask scheduler with {WORKERS} workers on this machine")
        _print(run, size)
        _print_marks(course)


def course_of(folder: Path, size: int) -> Path:
    sound = [case for case in cases(ASSIGNMENT) if case.kind in ("correct", "wrong")]
    notebooks = {}
    for number, case in zip(range(size), itertools.cycle(sound), strict=False):
        notebook = json.loads(case.notebook())
        cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
        cell["source"] = f"# submission number {number}\n" + "".join(cell["source"])
        notebooks[f"student-{number:03}"] = json.dumps(notebook).encode()
    course = folder / "course"
    lay_out_course(course, ASSIGNMENT, notebooks)
    return course


def _grade_command(course: Path, **options: str | int) -> list[str]:
    call = f"grade({ASSIGNMENT!r}, root={str(course)!r}, **{options!r})"
    return [sys.executable, "-c", f"from autograder.classroom import grade; raise SystemExit({call})"]


def environment() -> dict[str, str]:
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **one_thread, "PYTHONPATH": str(REPOSITORY)}


def _measured(command: list[str], others: list[subprocess.Popen] | None = None) -> Measured:
    """Runs a command; the memory of `others` and of what they started is counted with its own."""
    measured = Measured()
    with tempfile.TemporaryFile() as output:
        busy, begin = _busy_seconds(), time.perf_counter()
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
        ended = threading.Event()
        watcher = threading.Thread(target=watch, args=([process, *(others or [])], measured, ended))
        watcher.start()
        code = process.wait()
        measured.seconds = time.perf_counter() - begin
        busy = _busy_seconds() - busy
        ended.set()
        watcher.join()
        measured.cpu_seconds = busy - measured.watching
        if code:
            output.seek(0)
            last = output.read()[-3000:].decode("utf-8", "replace")
            raise SystemExit(f"grading ended with {code}:\n{last}")
    return measured


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq


def watch(processes: list[subprocess.Popen], measured: Measured, ended: threading.Event) -> None:
    while True:
        sample: Counter[str] = Counter()
        for started in processes:
            try:
                root = psutil.Process(started.pid)
                family = [root, *root.children(recursive=True)]
            except psutil.Error:
                continue
            for one in family:
                try:
                    words = " ".join(one.cmdline())
                    role = next((role for word, role in _ROLES.items() if word in words), "the run")
                    sample[role] += one.memory_full_info().pss / 2**20
                    times = one.cpu_times()
                    measured.used[one] = times.user + times.system
                    measured.seen[one] += 1
                except psutil.Error:  # it has ended meanwhile
                    continue
        measured.samples.append(sample)
        measured.watching = time.thread_time()
        if ended.wait(SAMPLE_SECONDS):
            return


def _print(run: Measured, size: int) -> None:
    print(f"  {run.seconds:8.1f} s, start included: {size / run.seconds * 60:.0f} submissions a minute")
    print(
        f"  {run.peak / 1024:8.2f} GiB of memory at most; {run.around(0.1) / 1024:.2f} GiB after a tenth of the run, "
        f"{run.around(0.5) / 1024:.2f} in the middle, {run.around(0.9) / 1024:.2f} at the end"
    )
    for role in sorted({role for sample in run.samples for role in sample}):
        shares = ", ".join(f"{run.around(share, role):.0f}" for share in (0.1, 0.5, 0.9))
        print(f"           {role}: {shares} MiB")


def _print_marks(course: Path) -> None:
    reports = json.loads((course / "reports" / ASSIGNMENT / "class.json").read_text())
    scores = [report["score"] for report in reports]
    rungs = ", ".join(sorted({report["sandbox"] for report in reports}))
    print(f"  {len(scores)} reports, {statistics.fmean(scores):.2f} points on average; sandbox: {rungs}\n")
