"""How long a request to a worker may take: seconds of computing, and as a backstop seconds of sleep.

Time in which the machine had no core for the worker or for the judge does not count: what else runs there, such as
another submission, must not affect the marks.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from autograder.sandbox.faults import TimeLimit

IDLE_GRACE = 5.0  # seconds that a request may wait for something, beyond its CPU time
INTERRUPT_SECONDS = 2.0  # CPU time for a statement to end once it is interrupted
_LOOK_SECONDS = 0.5  # the judge looks at a computing worker at least this often
_CORES = os.cpu_count() or 1


class Clock:
    """The time of one process, as the kernel counts it."""

    def __init__(self) -> None:
        self.waited = 0.0
        """Seconds spent waiting for the process, while the judge itself had a core."""
        self._pid = 0
        self._computed = 0.0

    def start(self, pid: int) -> None:
        self._pid = pid

    def stop(self) -> None:
        """To be called before the process ends, after which the kernel knows nothing of it."""
        self.computed()
        self._pid = 0

    def computed(self) -> float:
        """CPU seconds."""
        if self._pid:
            # The kernel's number of a process's CPU clock: clock_getcpuclockid(3).
            with contextlib.suppress(OSError):
                self._computed = time.clock_gettime((~self._pid << 3) | 2)
        return self._computed

    def wants_a_core(self) -> bool:
        """Whether a thread is ready to run. The kernel counts its wait for a core only when that is over."""
        return "R" in map(state_of, Path(f"/proc/{self._pid}/task").glob("*/stat") if self._pid else ())

    def without_a_core(self) -> float:
        """Seconds in which threads were ready to run and had to wait for a core."""
        starved = 0
        for file in Path(f"/proc/{self._pid}/task").glob("*/schedstat") if self._pid else ():
            with contextlib.suppress(OSError, IndexError):  # it has ended, or the kernel keeps no such count
                starved += int(file.read_text().split()[1])
        return starved / 1e9


class Budget:
    """The time of one request."""

    def __init__(self, clock: Clock, cpu: float, interrupts: bool = False) -> None:
        self._clock = clock
        self._cpu = cpu
        self.interrupts = interrupts
        """Whether the worker is asked to stop before it is killed."""
        self.interrupted: TimeLimit | None = None
        """The limit for which it was asked."""
        self._allow(cpu, cpu + IDLE_GRACE)

    def _allow(self, cpu: float, idle: float) -> None:
        self._computed_before = self._clock.computed()
        self._end = self._computed_before + cpu
        self._idle_allowed = idle
        self._waited_before = self._clock.waited
        self._starved_before: float | None = None

    def allow_interrupt(self, limit: TimeLimit) -> None:
        """A little more time, in which a worker that was asked to stop can do so."""
        self.interrupted = limit
        self._allow(INTERRUPT_SECONDS, INTERRUPT_SECONDS + IDLE_GRACE)

    def exceeded(self, waiting: bool) -> TimeLimit | None:
        """The limit that the request is past, or None.

        Args:
            waiting: whether the judge is in the middle of a wait that the kernel may not have counted in full.
        """
        if self._clock.computed() > self._end:
            return TimeLimit(f"It took more than {self._cpu:g} seconds of computing.")
        if self._idle() > self._idle_allowed and not (waiting and self._clock.wants_a_core()):
            return TimeLimit(f"It waited for more than {self._cpu + IDLE_GRACE:g} seconds.")
        return None

    def _idle(self) -> float:
        waited = self._clock.waited - self._waited_before
        # most requests are answered before that, and cost less
        if self._starved_before is None and waited > 0.0:
            self._starved_before = self._clock.without_a_core()
        if waited <= self._idle_allowed or self._starved_before is None:  # it cannot be more
            return 0.0
        computed = self._clock.computed() - self._computed_before
        starved = self._clock.without_a_core() - self._starved_before
        return waited - computed - max(starved, 0.0)

    def next_look(self) -> float:
        """Seconds until a limit can be reached at the earliest, with every core at work."""
        cpu = (self._end - self._clock.computed()) / _CORES
        return min(max(cpu, 0.0), _LOOK_SECONDS) + 0.01


def state_of(stat: Path) -> str:
    """The kernel's letter for the state of a process or thread; "X" (dead) if it no longer exists."""
    try:
        return stat.read_text(encoding="latin-1").rpartition(") ")[2][:1]
    except OSError:
        return "X"
