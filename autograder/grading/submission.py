"""A submitted notebook, read and repaired: what runs in the sandbox, and what the gradebook may see.

Students' editors lose, double, move and rename cells and their metadata. None of this may cost a point, abort a grading
or go unreported: every cell is brought back to what was released, the student's own text stays, and each repair is one
sentence that student and instructor read. Plain JSON, neither nbgrader nor Jupyter.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import re
import symtable
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from autograder.grading import newer_python
from autograder.grading.assignment import Assignment, Cell, read_cell
from autograder.grading.notebook_reader import (
    RawCell,
    RawNotebook,
    UnreadableSubmission,
    pictures_apart,
    read_notebook,
)
from autograder.sandbox.names import bound_names

__all__ = ["SubmittedCell", "Submission", "UnreadableSubmission", "read", "untouched"]

SHOWN_ONLY = "show-"
"""Locked cells whose grade_id begins with this are only for the student to see, and are never executed here."""

MAX_PARSED = 20_000
"""The most characters of a cell that Python's parser gets in this trusted process. It takes a kilobyte of memory for
each character, and for some texts its time grows with the square of their length."""

_F_STRING = re.compile(r"""\b[rR]?[fF][rR]?["']""")
_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_PROMPT = re.compile(r"^(?:>>>|\.\.\.|In \[\d+\]:|[ \t]*\.{3,}:)(?: |$)")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what the notebook format allows
_MARK_FIELDS = ("grade", "solution", "locked", "points", "schema_version")


@dataclass(frozen=True)
class SubmittedCell:
    """One cell to run in the sandbox.

    `name` is the grade_id, "extra cell 2" for a cell of the student's own, or "setup (your lines)" for what a student
    wrote into a locked cell.
    """

    name: str
    source: str
    kind: Literal["solution", "written", "locked", "extra"]
    """`written` is a cell of code that the instructor grades, such as a figure."""


@dataclass(frozen=True)
class Submission:
    """A submission that can be graded."""

    cells: tuple[SubmittedCell, ...]
    """What runs, in this order."""
    repairs: tuple[str, ...]
    notebook: dict[str, Any]
    """The repaired notebook (format 4.5): the release's cells with the student's text, and no outputs."""
    supplied: tuple[SubmittedCell, ...] = ()
    """Figures and examples of the release. They run only if the student's code needs what they define."""

    @cached_property
    def digest(self) -> str:
        """sha256 of everything from the student that affects the verdict: the cells that run, not their outputs."""
        return hashlib.sha256(
            json.dumps([[cell.name, cell.source] for cell in self.cells]).encode()
        ).hexdigest()


def read(source: Path | str | bytes, assignment: Assignment, name: str | None = None) -> Submission:
    """Read a submitted notebook and repair it from the release.

    Args:
        source: the file, or its bytes.
        name: what messages call the file; its own name by default.

    Raises:
        UnreadableSubmission: the file is not a notebook; the message is one sentence that names it and the fix.
    """
    if not isinstance(source, bytes):
        source = Path(source)
    # the name of a link is ours; the student knows the file that it leads to
    name = name or (source.resolve().name if isinstance(source, Path) else f"{assignment.name}.ipynb")
    try:
        return _Repair(read_notebook(source, name, assignment.name), Template.of(assignment)).submission()
    except (RecursionError, MemoryError):
        raise UnreadableSubmission(
            f"{name} is too deeply nested or too large to be read: submit the .ipynb file that you worked in"
        ) from None


def untouched(assignment: Assignment) -> Submission:
    """The release itself as a submission: what the gradebook gets for a file that cannot be read."""
    return read(assignment.template_file, assignment)


@dataclass(frozen=True)
class Slot:
    """A cell of the release, with the key by which a submitted cell is matched to it."""

    key: str  # the grade_id, or "prose 3" for a cell without one
    cell: Cell
    json: dict[str, Any]
    pictures: dict[str, dict[str, str]]
    """The pictures in its text, as attachments; submitted cells have them in this form, too."""

    @property
    def known(self) -> bool:
        return self.cell.grade_id is not None

    @property
    def is_answer(self) -> bool:
        """A cell that the student writes: a solution or a written answer."""
        return self.cell.solution

    @property
    def runs(self) -> bool:
        return self.cell.kind == "code" and not self.cell.is_tests and not self.key.startswith(SHOWN_ONLY)

    @property
    def role(self) -> str:
        if self.cell.is_tests:
            return "test cell"
        if self.cell.solution:
            return "answer cell" if self.cell.grade else "solution cell"
        return "locked cell"


@dataclass(frozen=True)
class Template:
    """The released notebook, made ready for matching."""

    slots: Mapping[str, Slot]  # in the release's order
    metadata: dict[str, Any]

    @classmethod
    def of(cls, assignment: Assignment) -> Template:
        file = assignment.template_file
        return _template(file, file.stat().st_mtime_ns)

    @property
    def kernel(self) -> str | None:
        return self.metadata.get("kernelspec", {}).get("name")

    @cached_property
    def place(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.slots)}

    @cached_property
    def first_lines(self) -> dict[str, str]:
        """First line -> key of the only marked cell that begins with it. Solution cells are found by what they define
        instead."""
        slots = defaultdict(list)
        for slot in self.slots.values():
            slots[_first_line(slot.cell.source)].append(slot)
        alone = {line: found[0] for line, found in slots.items() if line and len(found) == 1}
        return {line: slot.key for line, slot in alone.items() if slot.known and slot.key not in self.names}

    @cached_property
    def supplied(self) -> tuple[SubmittedCell, ...]:
        """The cells of code that only show something, in the release's order."""
        return tuple(
            SubmittedCell(slot.key if slot.known else "example", slot.cell.source, "locked")
            for slot in self.slots.values()
            if slot.cell.kind == "code" and not slot.cell.is_tests and not (slot.known and slot.runs)
        )

    @cached_property
    def names(self) -> dict[str, frozenset[str]]:
        """Solution cell -> the functions and classes that its stub defines."""
        return {
            slot.key: frozenset(defined_names(slot.cell.source))
            for slot in self.slots.values()
            if slot.is_answer and slot.cell.kind == "code"
        }


@lru_cache(maxsize=32)
def _template(file: Path, _changed_ns: int) -> Template:
    notebook = json.loads(file.read_text(encoding="utf-8"))
    slots = {}
    for number, entry in enumerate(notebook["cells"]):
        cell = read_cell(entry)
        key = cell.grade_id or f"prose {number}"
        pictures = entry.get("attachments", {})
        if cell.kind == "markdown":
            text, pasted = pictures_apart(cell.source)
            cell, pictures = replace(cell, source=text), pictures | pasted
        slots[key] = Slot(key, cell, entry, pictures)
    return Template(MappingProxyType(slots), notebook.get("metadata", {}))


@dataclass(eq=False)  # two cells with the same text are two cells
class _Entry:
    """A cell on its way into the repaired notebook; `slot` is what it was matched to, `raw` what the student sent."""

    raw: RawCell | None
    slot: Slot | None = None
    written_into: str | None = None
    """The locked cell that these lines of the student's were found in."""


class _Repair:
    """Turns the raw cells of one submission into a repaired notebook."""

    def __init__(self, notebook: RawNotebook, template: Template) -> None:
        self.template = template
        self.repairs = list(notebook.repairs)
        self.entries = [_Entry(cell) for cell in notebook.cells]
        self.taken: dict[str, _Entry] = {}
        self._names: dict[int, frozenset[str]] = {}
        self._looked_at = 0
        self._match_by_mark()
        recognised = [*self._match_by_text(), *self._match_by_names(), *self._match_by_first_line()]
        recognised += self._match_by_place()
        known = sorted((key for key in recognised if template.slots[key].known), key=template.place.get)
        self._report(known, "{cells} recognised without {its} nbgrader metadata")
        self._reorder()
        self._put_text_back()
        self._restore_missing()
        if notebook.kernel != template.kernel:
            self.repairs.append(f"kernel set back to {template.kernel}")

    def submission(self) -> Submission:
        cells = tuple(self._read_here(cell) for cell in self._cells_to_run())  # which may add a repair
        return Submission(cells, tuple(self.repairs), self._notebook(), self.template.supplied)

    # matching: which submitted cell is which cell of the release

    def _free(self) -> Iterator[_Entry]:
        return (entry for entry in self.entries if entry.slot is None)

    def _open_slots(self) -> Iterator[Slot]:
        return (slot for slot in self.template.slots.values() if slot.key not in self.taken)

    def _take(self, slot: Slot, entry: _Entry) -> None:
        entry.slot = slot
        self.taken[slot.key] = entry

    def _match_by_mark(self) -> None:
        claims = defaultdict(list)
        for entry in self.entries:
            claims[_grade_id(entry.raw)].append(entry)
        doubled, changed, fields = [], [], set()
        for slot in self.template.slots.values():
            rivals = claims.get(slot.key) if slot.known else None
            if not rivals:
                continue
            # the first one, unless it is a copy that nobody wrote in and a later one defines what the slot should
            preferred = [
                rival
                for rival in rivals
                if _adds_nothing(rival.raw.source, slot.cell.source) != slot.is_answer
            ]
            entry = (preferred or rivals)[0]
            self._take(slot, entry)
            wrong = _wrong_fields(entry.raw.mark, slot)
            if len(rivals) > 1:
                doubled.append(slot.key)
            if wrong:
                changed.append(slot.key)
                fields |= wrong
        self._report(doubled, "{cells} found more than once: further copies kept as extra cells")
        self._report(changed, f"nbgrader metadata of {{cells}} repaired ({', '.join(sorted(fields))})")
        strangers = sorted({mark for mark in claims if mark and mark not in self.template.slots})
        if strangers:
            self.repairs.append(f"unknown grade_id {_listed(strangers)} dropped")

    def _match_by_text(self) -> list[str]:
        """Matches cells that still read as released."""
        keys = defaultdict(list)
        for slot in self._open_slots():
            keys[(slot.cell.kind, _plain(slot.cell.source))].append(slot)
        found = []
        for entry in self._free():
            same = keys.get((entry.raw.kind, _plain(entry.raw.source)))
            if same:
                slot = same.pop(0)
                self._take(slot, entry)
                found.append(slot.key)
        return found

    def _match_by_names(self) -> list[str]:
        """Matches a cell that defines what exactly one missing solution cell should define, with a `def` if there is
        one."""
        return [*self._match_by_their_names(in_any_way=False), *self._match_by_their_names(in_any_way=True)]

    def _match_by_their_names(self, in_any_way: bool) -> list[str]:
        found = []
        wanted = {key: names for key, names in self.template.names.items() if key not in self.taken and names}
        for entry in list(self._free()):
            if not wanted:
                break
            prose = entry.raw.kind == "markdown"
            names = set(defined_names(entry.raw.source, prose, in_any_way and not prose))
            fitting = [key for key, expected in wanted.items() if names & expected]
            if len(fitting) == 1:
                self._take(self.template.slots[fitting[0]], entry)
                found.append(fitting[0])
                del wanted[fitting[0]]
        return found

    def _match_by_first_line(self) -> list[str]:
        """Matches locked cells and answers that were edited below their first line."""
        found = []
        for entry in self._free():
            key = self.template.first_lines.get(_first_line(entry.raw.source))
            if key is not None and key not in self.taken:
                self._take(self.template.slots[key], entry)
                found.append(key)
        return found

    def _match_by_place(self) -> list[str]:
        """Matches a written answer whose prompt was overwritten: the only unknown text between its two neighbours."""
        keys = list(self.template.slots)
        found = []
        for slot in list(self._open_slots()):
            if not (slot.known and slot.is_answer and slot.cell.kind == "markdown"):
                continue
            before, after = self.template.place[slot.key] - 1, self.template.place[slot.key] + 1
            start = self.taken.get(keys[before]) if before >= 0 else None
            end = self.taken.get(keys[after]) if after < len(keys) else None
            if (start is None and before >= 0) or (end is None and after < len(keys)):
                continue
            first = self.entries.index(start) + 1 if start else 0
            last = self.entries.index(end) if end else len(self.entries)
            between = [entry for entry in self.entries[first:last] if entry.raw.kind != "code"]
            if len(between) == 1 and between[0].slot is None and between[0].raw.source.strip():
                self._take(slot, between[0])
                found.append(slot.key)
        return found

    # repairs: order, changed text, missing cells

    def _reorder(self) -> None:
        """Restores the release's order; an extra cell stays after the known cell that it followed."""
        groups: list[list[_Entry]] = [[]]
        first: dict[str, _Entry] = {}
        copies = []
        for entry in self.entries:
            if entry.slot is not None:
                groups.append([])
                first[entry.slot.key] = entry
            elif (key := _grade_id(entry.raw)) in first:
                copies.append((first[key], entry))
            groups[-1].append(entry)
        places = [self.template.place[group[0].slot.key] for group in groups[1:]]
        if places == sorted(places):
            return
        ordered = sorted(groups[1:], key=lambda group: self.template.place[group[0].slot.key])
        known = [group[0].slot.key for group in groups[1:] if group[0].slot.known]
        if known != sorted(known, key=self.template.place.__getitem__):
            self.repairs.append("cells put back in the release's order")
        self.entries = [entry for group in (groups[0], *ordered) for entry in group]
        # the first copy must not undo what a later one defines
        for original, entry in reversed(copies):
            if self.entries.index(entry) < self.entries.index(original):
                self.entries.remove(entry)
                self.entries.insert(self.entries.index(original) + 1, entry)

    def _put_text_back(self) -> None:
        """Restores locked cells and cell types as released; what the student wrote into a locked cell follows right
        after it."""
        turned, older, edited, added = (defaultdict(list) for _ in range(4))
        entries = []
        for entry in self.entries:
            entries.append(entry)
            slot = entry.slot
            if slot is None or not slot.known or entry.raw is None:
                continue
            if entry.raw.kind != slot.cell.kind:
                turned[slot.cell.kind].append(slot.key)
            if slot.is_answer or _same(entry.raw.source, slot.cell.source):
                continue
            if _is_of_an_older_release(entry.raw):
                older[slot.role].append(slot.key)
                continue
            own = _added_to(slot.cell.source, entry.raw.source) if entry.raw.kind == "code" else ""
            if own:  # an import or an answer, since VS Code and Colab do not lock cells
                added[slot.role].append(slot.key)
                entries.append(_Entry(RawCell("code", own), written_into=slot.key))
            else:
                edited[slot.role].append(slot.key)
        self.entries = entries
        for kind, keys in turned.items():
            self._report(keys, f"{{cells}} turned back into {kind}")
        for role, keys in older.items():
            self._report(keys, "{cells} from an earlier release: the current text is used", role)
        for role, keys in edited.items():
            self._report(keys, "{cells} edited: the released text is used", role)
        for role, keys in added.items():
            self._report(
                keys, "{cells} edited: the released text is used, and what you wrote runs after it", role
            )

    def _restore_missing(self) -> None:
        restored = defaultdict(list)
        previous = None
        for slot in self.template.slots.values():
            if slot.known and slot.key not in self.taken:
                entry = _Entry(None)
                self._take(slot, entry)
                self.entries.insert(self.entries.index(previous) + 1 if previous else 0, entry)
                if not slot.key.startswith(SHOWN_ONLY):  # grading does not run those: nothing to report
                    restored[slot.role].append(slot.key)
            previous = self.taken.get(slot.key, previous)
        solutions = restored.pop("solution cell", [])
        moved = [key for key in solutions if self._written_elsewhere(key)]
        self._report(moved, "{cells} missing: what another cell defines is taken for {it}", "solution cell")
        lost = [key for key in solutions if key not in moved]
        self._report(lost, "{cells} missing: put back as released", "solution cell")
        self._report(restored.pop("answer cell", []), "{cells} missing: put back as released", "answer cell")
        for role, keys in restored.items():
            self._report(keys, "{cells} restored", role)

    def _report(self, keys: list[str], sentence: str, role: str = "cell") -> None:
        if keys:
            several = len(keys) > 1
            cells = f"{role}{'s' if several else ''} {_listed(keys)}"
            it, its = ("them", "their") if several else ("it", "its")
            self.repairs.append(sentence.format(cells=cells, it=it, its=its))

    # the results

    def _text(self, entry: _Entry) -> str:
        slot = entry.slot
        if entry.raw is None or (slot is not None and slot.known and not slot.is_answer):
            return slot.cell.source
        return entry.raw.source

    def _is_unwritten(self, entry: _Entry) -> bool:
        text = self._text(entry)
        return not text.strip() or _adds_nothing(text, entry.slot.cell.source)

    def _cells_to_run(self) -> Iterator[SubmittedCell]:
        number = 0
        for entry in self.entries:
            slot = entry.slot
            if slot is not None and slot.known:
                if not slot.runs or not self._text(entry).strip():
                    continue
                if slot.is_answer and self._is_unwritten(entry) and self._written_elsewhere(slot.key):
                    continue  # a stub must not hide what the student wrote in another cell
                kind = "locked" if not slot.is_answer else "written" if slot.cell.grade else "solution"
                yield SubmittedCell(slot.key, self._text(entry), kind)
            elif slot is None and entry.raw.kind == "code":
                if not entry.raw.source.strip() or self._is_idle_copy(entry.raw):
                    continue
                number += entry.written_into is None
                name = f"{entry.written_into} (your lines)" if entry.written_into else f"extra cell {number}"
                yield SubmittedCell(name, entry.raw.source, "extra")

    def _read_here(self, cell: SubmittedCell) -> SubmittedCell:
        """The cell in a form that this Python can read, if only the quotes in its f-strings are too new."""
        if self._looked_at >= newer_python.MAX_CELLS or not _F_STRING.search(cell.source):
            return cell
        if _parsed(cell.source) is not None:
            return cell
        self._looked_at += 1
        source = newer_python.read_here(cell.source, without_ipython(cell.source))
        if source is None:
            return cell
        self.repairs.append(
            f"quotes inside f-strings of {cell.name} changed: they needed a newer Python than {newer_python.HERE}"
        )
        return replace(cell, source=source)

    def _written_elsewhere(self, key: str) -> _Entry | None:
        """The student's cell that defines what solution cell `key` should define."""
        wanted = self.template.names.get(key, frozenset())
        for entry in self.entries:
            if entry is not self.taken.get(key) and self._own_names(entry) & wanted:
                return entry
        return None

    def _own_names(self, entry: _Entry) -> frozenset[str]:
        """The names that a cell with the student's own text defines when it runs."""
        if id(entry) not in self._names:
            self._names[id(entry)] = frozenset(self._find_names(entry))
        return self._names[id(entry)]

    def _find_names(self, entry: _Entry) -> list[str]:
        slot, raw = entry.slot, entry.raw
        if raw is None or (slot is not None and (not slot.is_answer or self._is_unwritten(entry))):
            return []
        copied = self.template.slots.get(_grade_id(raw) or "")
        if slot is None and (
            raw.kind != "code" or (copied is not None and _adds_nothing(raw.source, copied.cell.source))
        ):
            return []
        return defined_names(raw.source, in_any_way=True)

    def _is_idle_copy(self, raw: RawCell) -> bool:
        """Whether this is a second copy of a released cell in which nobody wrote: it adds nothing, and must not undo
        the first."""
        slot = self.template.slots.get(_grade_id(raw) or "")
        return slot is not None and _adds_nothing(raw.source, slot.cell.source)

    def _notebook(self) -> dict[str, Any]:
        released_ids = {slot.json.get("id") for slot in self.template.slots.values()}
        used = set()
        cells = []
        for number, entry in enumerate(self.entries):
            if entry.slot is not None:
                kind, metadata = entry.slot.cell.kind, copy.deepcopy(entry.slot.json.get("metadata", {}))
                cell_id = entry.slot.json.get("id")
            else:
                kind, metadata, cell_id = entry.raw.kind, {}, entry.raw.id
                if cell_id in released_ids:
                    cell_id = None
            if cell_id is None or cell_id in used or not _CELL_ID.fullmatch(cell_id):
                cell_id = f"extra-{number}"
                while cell_id in used or cell_id in released_ids:
                    cell_id += "-"
            used.add(cell_id)
            source = self._text(entry)
            if entry.written_into:
                source = source.lstrip("\n")
            cell = {"cell_type": kind, "id": cell_id, "metadata": metadata, "source": source}
            if kind == "code":
                cell |= {"execution_count": None, "outputs": []}
            elif kind == "markdown":
                pictures = entry.slot.pictures if entry.slot is not None else {}
                pictures = pictures | (entry.raw.attachments if entry.raw is not None else {})
                cell |= {"attachments": pictures} if pictures else {}
            cells.append(cell)
        metadata = copy.deepcopy(self.template.metadata)
        return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def defined_names(source: str, prose: bool = False, in_any_way: bool = False) -> list[str]:
    """Functions and classes defined at the top level of a cell, and names assigned there.

    In a cell that does not parse or is too long to be parsed, they are read from its `def` and `class` lines, unless it
    may be `prose`.

    Args:
        in_any_way: also names that an import, a loop, several targets or the text for an `exec` give a value.
    """
    tree = _parsed(source)
    if tree is None:
        tree = _parsed(_without_prompts(source))
    if tree is None:
        return [] if prose else _DEFINITION.findall(_without_prompts(source))
    names = list(_bound(tree.body))
    if in_any_way:
        names += bound_names(tree.body)
        if "exec(" in source:
            texts = (
                x.value for x in ast.walk(tree) if isinstance(x, ast.Constant) and isinstance(x.value, str)
            )
            names += (name for text in texts for name in _DEFINITION.findall(text))
    return names


def _without_prompts(source: str) -> str:
    """A cell as IPython reads it that was pasted with `>>>`, `In [3]:` or a space in front of its first line."""
    lines = [_PROMPT.sub("", line) for line in source.split("\n")]
    indent = next((line[: len(line) - len(line.lstrip())] for line in lines if line.strip()), "")
    return "\n".join(line.removeprefix(indent) for line in lines)


def names_read(source: str, top_level: bool = False) -> set[str]:
    """The notebook's names that a cell's functions read when they are called, and its `top_level` too if wanted.

    >>> sorted(names_read("y = a\ndef f(x):\n    return g(x + b)"))
    ['b', 'g']
    """
    found: set[str] = set()
    tables = _tables(source)
    for table in tables:  # which grows
        tables += table.get_children()
        if top_level or table.get_type() == "function":
            names = table.get_symbols()
            found.update(name.get_name() for name in names if name.is_referenced() and name.is_global())
    return found


@lru_cache(maxsize=1024)  # the release's cells are the same for a whole class
def names_bound(source: str) -> frozenset[str]:
    """All names to which a cell gives a value at its top level."""
    return frozenset(
        name.get_name()
        for table in _tables(source)
        for name in table.get_symbols()
        if name.is_assigned() or name.is_imported()
    )


def _tables(source: str) -> list[symtable.SymbolTable]:
    """The cell's table of symbols; none if it does not parse or is too long to be parsed here."""
    python = without_ipython(source)
    try:
        return [symtable.symtable(python, "cell", "exec")] if len(python) <= MAX_PARSED else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _parsed(source: str) -> ast.Module | None:
    """The cell's syntax tree; None if it does not parse or is too long to be parsed here."""
    python = without_ipython(source)
    if len(python) > MAX_PARSED:
        return None
    try:
        return ast.parse(python)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def without_ipython(source: str) -> str:
    """The cell without lines for IPython, which are not Python and define nothing."""
    return "\n".join("" if _is_for_ipython(line) else line for line in source.split("\n"))


def _is_for_ipython(line: str) -> bool:
    return line.startswith(("%", "!", "?"))


def _is_of_an_older_release(raw: RawCell) -> bool:
    """Whether a locked cell still reads as nbgrader released it, according to the checksum from then."""
    mark = raw.mark if isinstance(raw.mark, dict) else {}
    try:
        facts = [
            raw.source,
            raw.kind,
            *(str(mark[key]) for key in ("grade", "solution", "locked", "grade_id")),
        ]
        facts += [str(float(mark["points"]))] if mark["grade"] else []
    except (KeyError, TypeError, ValueError, OverflowError):
        return False
    return mark.get("checksum") == hashlib.md5("".join(facts).encode(), usedforsecurity=False).hexdigest()


def _added_to(released: str, theirs: str) -> str:
    """What a student wrote into a released cell, each line in its place and all other lines empty; "" if nothing.

    A statement that only gives names of the released cell another value is an edit of that cell, and is not kept.
    """
    lines = theirs.split("\n")
    old, new = _parsed(released), _parsed(theirs)
    if old is None or new is None:
        known = Counter(line.strip() for line in released.split("\n"))
        kept = set()
        for number, line in enumerate(lines, 1):
            if known[line.strip()]:
                known[line.strip()] -= 1
            elif line.strip():
                kept.add(number)
    else:
        known = {ast.dump(statement) for statement in old.body}
        names = set(_bound(old.body))
        kept = {
            number for number, line in enumerate(lines, 1) if _is_for_ipython(line) and line not in released
        }
        for statement in new.body:
            bound = set(_bound([statement]))
            if ast.dump(statement) not in known and not (bound and bound <= names):
                first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
                kept |= set(range(first, statement.end_lineno + 1))
    return "\n".join(line if n in kept else "" for n, line in enumerate(lines, 1)).rstrip() if kept else ""


def _bound(statements: list[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name
        elif isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.If):
            yield from _bound([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            yield from _bound([*statement.body, *statement.orelse, *statement.finalbody])


def _grade_id(raw: RawCell | None) -> str | None:
    grade_id = raw.mark.get("grade_id") if raw is not None and isinstance(raw.mark, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _wrong_fields(mark: dict[str, Any], slot: Slot) -> set[str]:
    released = slot.json["metadata"]["nbgrader"]
    return {name for name in _MARK_FIELDS if name in released and mark.get(name) != released[name]}


def _plain(source: str) -> str:
    """The text without what editors change on their own."""
    return "\n".join(line.rstrip() for line in source.replace("\r\n", "\n").split("\n")).strip("\n")


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _adds_nothing(source: str, released: str) -> bool:
    """Whether a cell is as it was released, except for comments ("# Dana does this") and blanks."""
    if _same(source, released):
        return True
    statements = _statements(source)
    return bool(statements) and statements == _statements(released)


@lru_cache(maxsize=512)  # the cells of a few notebooks: each is compared with its release several times
def _statements(source: str) -> str:
    """What a cell says to Python, without comments and blanks; nothing if it is empty or does not parse."""
    tree = _parsed(source)
    return ast.dump(tree) if tree and tree.body else ""


def _first_line(source: str) -> str:
    return source.lstrip("\n").split("\n", 1)[0].strip()


def _listed(names: list[str]) -> str:
    shown = [name if len(name) <= 60 else name[:57] + "..." for name in names[:12]]
    return ", ".join(shown) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
