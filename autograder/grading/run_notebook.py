"""Runs the cells of a notebook so that only what fails is lost, and can go back to an earlier state.

- If a statement raises, only that statement is lost: the rest of its cell runs.
- One that takes too long is interrupted as by Ctrl-C. Only a statement that ignores this, or ends the process, needs a
  new process: a copy of the notebook from at most a second of computing earlier, in which that statement is left out.
- Figures and examples of the release do not run, unless a solution cell needs what one of them defines.
- Statements that need a name which only a lower cell defines run again after the last cell; those of one cell run
  together.
- A later cell may give a name of a task another value. The task can then be graded in the state in which its own
  definition still held: the nearest copy before, and the cells since.

The copies are forks of the worker. They share its memory as long as it does not change, and are stopped: no later cell
can reach them. Taking one costs some 10 ms, so they are taken only after a certain computing time; an ordinary notebook
has one or two.
"""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from autograder.grading import newer_python
from autograder.grading.explain import (
    because_missing,
    explain_fault,
    graded_before,
    missing_name,
    ran_last,
    ran_supplied,
)
from autograder.grading.submission import (
    SubmittedCell,
    defined_names,
    names_bound,
    names_read,
    without_ipython,
)
from autograder.sandbox.answers import Ran, Statement
from autograder.sandbox.faults import StudentError, TooMuchData, WorkerFault
from autograder.sandbox.worker_client import Worker

CELL_SECONDS = 60.0
"""CPU seconds one cell may take."""
NOTEBOOK_SECONDS = 180.0
"""CPU seconds all cells together may take."""
REST_SECONDS = 5.0
"""CPU seconds for the rest of a cell, and for each later cell, once that is used up: enough for definitions."""
LAST_SECONDS = 2 * NOTEBOOK_SECONDS
"""CPU seconds after which nothing runs any more."""
COPY_SECONDS = 1.0
"""Seconds of computing after which a copy is taken before the next cell, to come back to."""
COPIES_MEMORY = 1 << 30
"""Bytes. A notebook whose copies together have more memory of their own than this gets no further copy."""
MAX_RESTARTS = 20
MAX_LAST = 20
"""At most so many cells run again."""
MAX_CAUSE = 500
"""Characters of the reason for which a name is missing that is itself the reason for another one."""
MAX_EARLIER = 3
"""A task is tried in at most so many earlier states, besides the one right after its own cell and the last one."""


@dataclass(frozen=True)
class Earlier:
    """A state of the notebook in which a task may be graded, before a later cell changed what belongs to it."""

    worker: Worker
    note: str
    """The sentence that says so, for the student."""


@dataclass
class _Account:
    """What a cell did to the notebook's names."""

    bound: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    reads: dict[str, set[str]] = field(default_factory=dict)

    def add(self, ran: Ran) -> None:
        self.bound.update(ran.bound)
        self.changed.update(ran.changed)
        for name, read in ran.reads.items():
            self.reads.setdefault(name, set()).update(read)


@dataclass
class _Cell:
    """A cell in its place, and what became of it."""

    name: str
    source: str
    kind: str = "locked"
    only: frozenset[int] | None = None
    """In a cell that runs again, the statements that run; None for all."""
    account: _Account = field(default_factory=_Account)
    left_out: dict[int, WorkerFault] = field(default_factory=dict)
    """The statements that ended a worker, and how."""
    dropped: WorkerFault | None = None
    """Why the whole cell is left out."""
    slow: set[int] = field(default_factory=set)
    """The statements that were interrupted."""

    @property
    def runs_again(self) -> bool:
        return self.only is not None


@dataclass(frozen=True)
class _Copy:
    """A sleeping worker that has run the first `place` cells."""

    place: int
    worker: Worker


class Notebook:
    """A notebook in a worker. Close it when done; `worker` is the one that has run all its cells."""

    def __init__(
        self,
        cells: Sequence[SubmittedCell],
        start: Callable[[], Worker],
        with_copies: bool = True,
        supplied: Sequence[SubmittedCell] = (),
    ) -> None:
        """Run the cells.

        Args:
            start: makes a worker in which no cell has run.
            with_copies: False if the worker must not be copied.
            supplied: cells of the release that run only if the others need them.
        """
        self._cells = [_Cell(cell.name, cell.source, kind=cell.kind) for cell in cells]
        """The notebook's own cells, then again each cell with a statement that ran last."""
        self._supplied = list(supplied)
        self._supplied_ran = False
        self.missing: dict[str, str] = {}
        """For each name that a statement would have given a value, why it has none."""
        self.repairs: list[str] = []
        """What was done to make the notebook run, for the student."""
        self._start = start
        self._with_copies = with_copies
        self._copies: list[_Copy] = []
        self._states: dict[int, Worker | None] = {}
        self._unnamed: dict[tuple[int, int], tuple[Statement, str]] = {}
        """By place and number, the statements that failed because a name was missing, and that name."""
        self._restarts = 0
        self._looked_at = 0  # cells that do not compile
        self._spent_before = 0.0  # by workers that have ended, and while asleep
        self._spent_at_copy = 0.0
        self.worker = start()
        self._cpu_before = self.worker.cpu_seconds()
        begin = time.perf_counter()
        try:
            self._run()
        except BaseException:
            self.close()
            raise
        self.computing = time.perf_counter() - begin

    def close(self) -> None:
        """Ends all its workers."""
        workers = [self.worker, *self._states.values(), *(copy.worker for copy in self._copies)]
        for worker in workers:  # the end of the original is also that of its copies
            if worker is not None:
                worker.close()

    # ---- earlier states

    def earlier(self, task: str, names: Collection[str], needs: Collection[str] = ()) -> list[Earlier]:
        """The states in which the task's own definitions held, the latest first; none if they still hold.

        Args:
            names: the names that the task's cell, and the cells of the tasks that it builds on, should define.
            needs: those tasks.
        """
        own = [place for name in (task, *needs) if (place := self._place_of(name)) is not None]
        if not own:
            own = [place for place, cell in enumerate(self._cells) if cell.account.bound.intersection(names)]
        if not own or not names:
            return []
        place = max(own)
        used = set(names).union(*(cell.account.reads.get(name, ()) for cell in self._cells for name in names))
        later = range(place + 1, len(self._cells))
        replaced = [q for q in later if self._cells[q].account.changed.intersection(names)]
        touched = [q for q in later if self._cells[q].account.changed & used]
        # each definition as it was before anything that it uses was changed, else as it was at its end
        starts = [place, *replaced]
        ends = {next((q for q in touched if q > start), 0) for start in starts} - {0}
        best = [*sorted(ends, reverse=True), *reversed(replaced)]
        before = [q - 1 for q in dict.fromkeys(best) if q - 1 > place][:MAX_EARLIER]
        return [
            Earlier(worker, self._note(p, names, used))
            for p in ([*sorted(before, reverse=True), place] if touched else [])
            if (worker := self._state_after(p)) is not None
        ]

    def _place_of(self, task: str) -> int | None:
        return next((place for place, cell in enumerate(self._cells) if cell.name == task), None)

    def _note(self, place: int, names: Collection[str], used: Collection[str]) -> str:
        later = next(cell for cell in self._cells[place + 1 :] if cell.account.changed & set(used))
        changed = later.account.changed
        names = sorted(changed.intersection(names) or changed.intersection(used))[:3]
        return graded_before(names, later.name)

    def _state_after(self, place: int) -> Worker | None:
        """A worker that has run the cells up to this one; None if there is no way back to that."""
        if place not in self._states:
            try:
                self._states[place] = self._make_state(place)
            except WorkerFault:
                self._states[place] = None
        return self._states[place]

    def _make_state(self, place: int) -> Worker:
        before = [copy for copy in self._copies if copy.place <= place + 1 and copy.worker.alive]
        if before and before[-1].place == place + 1:
            return before[-1].worker
        worker = before[-1].worker.branch() if before else self._start()
        try:
            for p in range(before[-1].place if before else 0, place + 1):
                self._run_again(worker, p)
        except BaseException:
            worker.close()
            raise
        return worker

    def _run_again(self, worker: Worker, place: int) -> None:
        cell, first = self._cells[place], 0
        if cell.dropped:
            return
        without = cell.slow | set(cell.left_out)
        while first is not None:
            ran = worker.run(cell.source, cell.name, CELL_SECONDS, first, without, cell.only)
            if ran.interrupted:
                raise ran.interrupted
            first = ran.next

    # ---- running

    def _run(self) -> None:
        self._run_from(0)
        self._run_supplied()
        unnamed = self._unnamed_by_place()
        runs, defined = 0, True
        while defined:  # a definition may need one that itself has to run again
            defined = False
            for place, statements in unnamed.items():
                if runs < MAX_LAST and self.worker.alive and (chosen := self._now_named(place, statements)):
                    runs += 1
                    defined |= self._run_last(place, chosen)

    def _bound(self) -> set[str]:
        return set().union(*(cell.account.bound for cell in self._cells))

    def _run_supplied(self) -> None:
        """Runs, after all cells, those of the release from which the student's definitions need something."""
        bound = self._bound()
        offered = frozenset().union(*(names_bound(cell.source) for cell in self._supplied))
        missing = (self._needed() & offered) - bound
        if not missing or not self.worker.alive:
            return
        wanted = missing
        chosen: list[SubmittedCell] = []
        for cell in reversed(self._supplied):
            names = names_bound(cell.source)
            if wanted & names:
                chosen.append(cell)
                wanted = (wanted | names_read(cell.source, top_level=True)) - names - bound
        self._supplied_ran = True
        for cell in reversed(chosen):
            self._cells.append(_Cell(cell.name, cell.source))
            self._run_from(len(self._cells) - 1)
        found = sorted(missing & self._bound())
        if found:
            self.repairs.append(ran_supplied(found))

    def _needed(self) -> set[str]:
        """The names that solution cells read, and the student's other cells from which they read something."""
        inside = [place for place, cell in enumerate(self._cells) if cell.kind == "solution"]
        defining: dict[str, list[int]] = defaultdict(list)
        for place, cell in enumerate(self._cells):
            if cell.kind in ("extra", "written"):
                for name in names_bound(cell.source):
                    defining[name].append(place)
        unnamed = self._unnamed_by_place()
        needed: set[str] = set()
        seen: set[int] = set()
        for place in inside:  # which grows
            if place in seen:
                continue
            seen.add(place)
            reads = set(names_read(self._cells[place].source))
            reads.update(name for statement, name in unnamed.get(place, []) if statement.names)
            for name in reads - needed:
                inside += defining.pop(name, [])
            needed |= reads
        return needed

    def _unnamed_by_place(self) -> dict[int, list[tuple[Statement, str]]]:
        """The statements that failed because a name was missing, with that name, in their order."""
        found: dict[int, list[tuple[Statement, str]]] = defaultdict(list)
        for (place, _), failed in sorted(self._unnamed.items()):
            found[place].append(failed)
        return found

    def _now_named(self, place: int, statements: list[tuple[Statement, str]]) -> list[tuple[Statement, str]]:
        """Those whose names are still missing, while what they need is now there, or is defined by one of them."""
        bound = self._bound()
        known = set(bound)
        chosen = []
        for statement, name in statements:
            if name in known and statement.names and not bound.intersection(statement.names):
                chosen.append((statement, name))
                known.update(statement.names)
        return chosen

    def _run_last(self, place: int, chosen: list[tuple[Statement, str]]) -> bool:
        """Runs statements of a cell again, after all cells. Whether they have defined something."""
        only = frozenset(statement.number for statement, _ in chosen)
        last = _Cell(self._cells[place].name, self._cells[place].source, only=only)
        self._cells.append(last)
        self._run_from(len(self._cells) - 1)
        defined = last.account.bound
        done = [(statement, name) for statement, name in chosen if defined.intersection(statement.names)]
        if done and not self._supplied_ran:  # that is another reason, and is told
            statement, name = done[0]
            self.repairs.append(ran_last(self._where(place, statement), name, len(done) - 1))
        return bool(done)

    def _run_from(self, place: int) -> None:
        while place < len(self._cells):
            self._copy_if_due(place)
            try:
                self._run_cell(place)
                place += 1
            except StudentError as error:  # the cell has broken the code that runs it
                self._lose_cell(place, f"failed: {error}.")
                place += 1
            except WorkerFault as fault:
                place = self._restart(place, fault)

    def _run_cell(self, place: int) -> None:
        cell, account, first = self._cells[place], _Account(), 0
        if cell.dropped:
            self._lose_cell(place, f"was left out. {explain_fault(cell.dropped)}")
            return
        begin = self._spent
        while first is not None:
            seconds = self._allowance(self._spent - begin)
            if seconds is None:
                self._lose_cell(place, f"was not run: the cells before it {self._why_no_more()}.")
                return
            before = self._spent
            ran = self.worker.run(cell.source, cell.name, seconds, first, cell.left_out, cell.only)
            if ran.interrupted:
                self._spent_before += max(0.0, seconds - (self._spent - before))  # it has slept
                if ran.failed:
                    cell.slow.add(ran.failed.number)
            account.add(ran)
            self._note_losses(place, ran)
            first = ran.next
        cell.account = account

    @property
    def _spent(self) -> float:
        return self._spent_before + self.worker.cpu_seconds() - self._cpu_before

    def _allowance(self, of_cell: float) -> float | None:
        """CPU seconds for the statements that come now; None: nothing runs any more."""
        if self._spent > LAST_SECONDS or self._restarts > MAX_RESTARTS:
            return None
        return max(REST_SECONDS, min(CELL_SECONDS - of_cell, NOTEBOOK_SECONDS - self._spent))

    def _why_no_more(self) -> str:
        return "took too long" if self._spent > LAST_SECONDS else "ended the notebook's process too often"

    def _copy_if_due(self, place: int) -> None:
        since = self._spent - self._spent_at_copy
        if not self._with_copies or since < max(COPY_SECONDS, self._spent / 4):
            return
        self._spent_at_copy = self._spent
        if any(copy.place == place for copy in self._copies):
            return
        if self.worker.own_memory * (len(self._copies) + 1) > COPIES_MEMORY:
            return
        try:
            copy = self.worker.branch()
        except WorkerFault:
            self._with_copies = False
            return
        if self.worker.threads > 1:  # the copy would lack them
            self._copies.append(_Copy(place, copy))
            return
        # All others end with the process in which the worker began, so the copy goes on and the worker sleeps.
        self._copies.append(_Copy(place, self.worker))
        self._spent_before = self._spent
        self.worker, self._cpu_before = copy, copy.cpu_seconds()

    def _restart(self, place: int, fault: WorkerFault) -> int:
        """Goes back to the last copy, without the statement that has ended the worker. Returns the cell to go on
        with."""
        cell, number, spent = self._cells[place], self.worker.statement, self._spent
        # what a worker sends adds up: the statement at work need not be the one that sent most of it
        if number in cell.left_out or isinstance(fault, TooMuchData):
            cell.dropped = fault
        cell.left_out[number] = fault
        self._restarts += 1
        self.worker.close()
        try:
            back, self.worker = self._worker_to_go_on()
        except WorkerFault as why:  # it has no copy, then
            for lost in range(len(self._cells)):
                self._lose_cell(lost, f"was lost with all others. {explain_fault(why)}")
            return len(self._cells)
        self._spent_before, self._cpu_before = spent, self.worker.cpu_seconds()
        return back

    def _worker_to_go_on(self) -> tuple[int, Worker]:
        """A worker from the last copy that can be copied, else a new one, and how many cells it has run.

        Raises:
            WorkerFault: there is none.
        """
        while self._copies:
            copy = self._copies[-1]
            if copy.worker.alive:
                with contextlib.suppress(WorkerFault):  # copies share one limit for what they send
                    return copy.place, copy.worker.branch()
            self._copies.pop().worker.close()
        return 0, self._start()

    # ---- what is missing, and why

    def _note_losses(self, place: int, ran: Ran) -> None:
        for statement in ran.left_out:
            fault = self._cells[place].left_out.get(statement.number)
            if fault is not None:
                self._lose(place, statement, explain_fault(fault))
        if ran.failed and ran.interrupted:
            self._lose(place, ran.failed, explain_fault(ran.interrupted))
        elif ran.failed and ran.error:
            if not self._cells[place].runs_again and (name := missing_name(ran.error)):
                self._unnamed[place, ran.failed.number] = ran.failed, name
            cause = because_missing(ran.error, self.missing)[:MAX_CAUSE]
            self._lose(place, ran.failed, f"{ran.error}." + (f" {cause}" if cause else ""))
        elif ran.error:
            line = f" in line {ran.error.frames[-1].line}" if ran.error.frames else ""
            newer = ""
            if ran.error.type_name == "SyntaxError" and self._looked_at < newer_python.MAX_CELLS:
                self._looked_at += 1
                newer = newer_python.explain(without_ipython(self._cells[place].source))
            self._lose_cell(place, f"did not run: {ran.error}{line}. {newer}".rstrip())

    def _lose(self, place: int, statement: Statement, why: str) -> None:
        for name in statement.names:
            self.missing[name] = f"{self._where(place, statement)} failed: {why}"

    def _where(self, place: int, statement: Statement) -> str:
        return f"Line {statement.line} of the cell {self._cells[place].name} (`{statement.text[:100]}`)"

    def _lose_cell(self, place: int, why: str) -> None:
        cell = self._cells[place]
        if cell.runs_again:  # what it has lost is noted
            return
        for name in defined_names(cell.source):
            self.missing[name] = f"The cell {cell.name} {why}"
