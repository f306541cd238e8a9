"""What a student reads when a test fails: every failure in a sentence or two, with the student's own cells and lines.

The words for the outcome of a test or a task are in report.py; those of a check, in checks.py and in the grader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from autograder.grading.checks import CheckFailed
from autograder.grading.student import TYPE
from autograder.sandbox.codec import TooLarge
from autograder.sandbox.faults import (
    BrokenPromise,
    Frame,
    ProtocolError,
    StudentError,
    TimeLimit,
    TooMuchData,
    WorkerDied,
    WorkerFault,
    forbidden_call,
)

MESSAGE_LENGTH = 2000
"""Characters: the most that a student reads about one test."""
FAILURES = (CheckFailed, WorkerFault)
"""What is explained here; anything else that a test raises is a bug in the grader."""


STUB = "raise NotImplementedError"
"""The line in a released solution cell in which nothing has been written yet."""

BROKEN = {
    "arguments": "{call} changes its argument `{what}`, which belongs to the caller. Do you work on it in place "
    "(`+=`, a method like `clamp_()` or `requires_grad_()`, assigning to an item or a column)? Work on a copy.",
    "optimizer": "{call} changes a setting of the optimizer `{what}`, which belongs to the caller. Does a scheduler, "
    "or a line of yours, set another learning rate? Leave it as it was given.",
    "sharing": "Two results of {call} share `{what}`: training one changes the other. Each needs its own.",
    "gradients": "{call} leaves gradients switched off, and nothing that runs after it can learn. Use "
    "`with torch.no_grad():`.",
    TYPE: "{call} should be {what}.",
}
"""What a student reads about a broken promise of each kind."""


def message_for(test: Callable, error: Exception, missing: Mapping[str, str] | None = None) -> str:
    """The test's own sentence, and what went wrong; the cause comes first if it is known.

    Args:
        missing: for each name that the notebook lost, the sentence that says why.
    """
    sentence = " ".join((test.__doc__ or "").split())
    parts = [sentence, explain(error, missing)]
    if getattr(error, "known_cause", False):
        parts.reverse()
    return "\n".join(part for part in parts if part)[:MESSAGE_LENGTH]


def graded_with(tasks: Sequence[str], replaced: Sequence[str] = ()) -> str:
    """A test passed with the reference solution of earlier tasks, of which those `replaced` have only failed since a
    later cell gave their names another value."""
    failed = [task for task in tasks if task not in replaced]
    reasons = []
    if failed:
        whose = "yours" if not replaced else f"your {_listed(failed)}"
        reasons.append(f"{whose} {'fails its' if len(failed) == 1 else 'fail their'} own tests")
    if replaced:
        whose = "yours" if not failed else f"your {_listed(replaced)}"
        reasons.append(f"{whose} {'was' if len(replaced) == 1 else 'were'} replaced by a later cell")
    return f"Graded with a correct {_listed(tasks)} instead of yours, because {' and '.join(reasons)}."


NO_SHELL = (
    "Shell lines such as `!wget` do not run while your notebook is graded, and files that are only on your computer "
    "are not there. Does your code need a folder? Make it with `os.makedirs(..., exist_ok=True)`."
)
"""For a file or folder that is not there."""
_NO_FILE = re.compile(
    r"No such file or directory|[Pp]arent directory .{1,1000} does not exist|into a non-existent directory"
)

LAZY = (
    "A lazy layer, such as `nn.LazyLinear`, has no parameters before it is first called, and this task looks at them. "
    "Give each layer its number of inputs."
)
NOT_ALONE = "Yours passes this test, but it counts only together with one of the other tests of this task."
"""For a test that nonsense could also pass, in a task where nothing else is right."""


def fails_too_with(tasks: Sequence[str]) -> str:
    """A test failed with the reference solution of earlier tasks as well."""
    return f"It also fails with a correct {_listed(tasks)} instead of yours, so there is a mistake in this task, too."


_OF_OTHERS = re.compile(
    r"(?:Graded|It also fails) with a correct ((?:(?: and )?`[^`\n]+`)+) instead of yours"
)


def tells_of(line: str) -> set[str]:
    """The earlier tasks whose verdict this line of a message gives away.

    >>> tells_of(graded_with(["mlp"])), tells_of("`mlp` should be a class; yours is a number.")
    ({'mlp'}, set())
    """
    match = _OF_OTHERS.match(line)
    return set(re.findall(r"`([^`]+)`", match[1])) if match else set()


def graded_before(names: Sequence[str], cell: str) -> str:
    """A task was graded as it was before a later cell replaced something that belongs to it."""
    words = f"{_listed(names)} {'was' if len(names) == 1 else 'were'}"
    return f"{words} replaced by a later cell ({cell}): your own definition was graded."


def still_in_reach(kind: str) -> str:
    """Something that a task forbids can still be used."""
    return f"Your notebook changes how this task is graded: `{kind}` should not work here, but it does."


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def explain(error: Exception, missing: Mapping[str, str] | None = None) -> str:
    """A failed check or a fault, as the student reads it.

    Args:
        missing: for each name that the notebook lost, the sentence that says why.
    """
    if not isinstance(error, StudentError):
        return explain_fault(error)
    reason = because_missing(error, missing or {})
    if _NO_FILE.search(f"{error.message} {reason}"):
        reason = f"{reason} {NO_SHELL}".lstrip()
    return explain_student_error(error) + (f"\n{reason}" if reason else "")


def because_missing(error: StudentError, missing: Mapping[str, str]) -> str:
    """For an error about a missing name, the sentence that says where the name was lost; otherwise nothing."""
    return missing.get(missing_name(error), "")


def missing_name(error: StudentError) -> str:
    """The missing name that an error is about; "" if it is about something else."""
    found = re.search(r"^name '(\w+)' is not defined", error.message)
    return found[1] if found and error.type_name == "NameError" else ""


def ran_last(where: str, name: str, more: int = 0) -> str:
    """A statement that needs a name from a lower cell, and `more` statements of its own cell, were run after all
    cells."""
    if more:
        statements = f"{more} more statement{'s' if more > 1 else ''} of this cell"
        what = f"{where} and {statements} were run again after the last cell: the first one needs `{name}`"
    else:
        what = f"{where} was run again after the last cell: it needs `{name}`"
    return f"{what}, which only a lower cell defines. Run from top to bottom, your notebook fails there"


def ran_supplied(names: Sequence[str]) -> str:
    """Cells of the release that grading usually leaves out were run."""
    shown = _listed(names[:5]) + (" and more" if len(names) > 5 else "")
    return f"supplied cells that define {shown} were run, because your code uses what they define"


def is_not_started(error: StudentError) -> bool:
    """Whether the line of the released stub raised the error, and not torch or another library."""
    return (
        error.type_name == "NotImplementedError"
        and not error.message
        and bool(error.frames)
        and error.frames[-1].source.startswith(STUB)
    )


def explain_broken(promise: BrokenPromise) -> str:
    """A broken promise, as the student reads it."""
    call = f"`{promise.name}`"
    if promise.kind == "sharing" and not promise.what:
        return f"{call} returns the same object each time. Each call should make a new one."
    return BROKEN[promise.kind].format(call=call, what=promise.what)


def explain_student_error(error: StudentError) -> str:
    """A student's exception, with only the student's own lines."""
    if is_not_started(error):
        return f"Not started yet: NotImplementedError in the cell {error.frames[-1].cell}."
    if refused := forbidden_call(error.message):
        return _explain_refusal(*refused, error.frames)
    if "uninitialized parameter" in error.message:
        return LAZY
    if error.type_name == TooLarge.__name__ and not error.frames:
        return explain_fault(TooMuchData(f"{error.message}."))
    text = " ".join(error.message.split())[:300]
    raised = error.type_name + (f": {text}" if text else ".")
    if not error.frames:  # for example a wrong number of arguments, or a result that the test cannot use
        return f"Your code raised no error itself, but using what it defines or returns did: {raised}"
    lines = [f"Your code raised {raised}"]
    for cell, number, source in error.frames[-4:]:
        lines.append(f"  in the cell {cell}, line {number}: {source.strip()[:120]}")
    return "\n".join(lines)


def _explain_refusal(name: str, why: str, frames: list[Frame]) -> str:
    """Which line of the student's calls what the task forbids."""
    if not frames:
        return f"Your code calls `{name}`, which this task asks you to do without: {why}"
    cell, line, source = frames[-1]
    where = f"Line {line} of your cell `{cell}`, `{source.strip()[:120]}`,"
    return f"{where} calls `{name}`, which this task asks you to do without: {why}"


def explain_fault(error: Exception) -> str:
    """The other faults, in a sentence each."""
    if isinstance(error, CheckFailed):
        return str(error)
    if isinstance(error, TimeLimit):
        return f"Your code was stopped: {str(error).rstrip('.')}. A shorter way, or fewer epochs, will do."
    if isinstance(error, WorkerDied):
        reason = str(error).rstrip(".")
        return f"Your code ended the process that ran it ({reason}). Look for exit(), a crash, or too much memory."
    if isinstance(error, TooMuchData):
        return f"Your code returned too much data: {error} Return only what the task asks for."
    if isinstance(error, ProtocolError):
        return "Your code answered in a form that cannot be graded."
    return "Your code failed."
