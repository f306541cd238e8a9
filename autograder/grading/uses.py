"""What an assignment uses besides its notebook and its grader, as `assignments/contract.toml` says.

    [common]
    requirements = ["scikit-learn", "torch"]
    libraries = ["pandas", "torch"]
    package = "course"

    [titanic]
    data = ["titanic.csv"]

`[common]` applies to every assignment that does not say otherwise in its own table.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.assignment import REPOSITORY, SHARED_FOLDER, AssignmentError

CONTRACT = "assignments/contract.toml"


@dataclass(frozen=True)
class Uses:
    """What one assignment uses; docs/authoring.md describes each."""

    libraries: tuple[str, ...] = ()
    """Modules that are imported before any notebook runs, so that no submission waits for them."""
    data: tuple[str, ...] = ()
    """Files of `COURSE_DATA`, as patterns."""
    package: str = ""
    """The folder of `assignments/common/` that students get next to their notebook; "" for none."""
    requirements: tuple[str, ...] = ()
    """What pip installs for it in addition to requirements.lock; other versions may give other verdicts."""


def uses_of(name: str, root: Path = REPOSITORY) -> Uses:
    """What assignment `name` uses.

    Args:
        root: a course folder; one without a contract, such as a build makes, uses the repository's.

    Raises:
        AssignmentError: the contract cannot be read, or an entry is not of its type.
    """
    tables = _contract(root)
    entries = {**tables.get(SHARED_FOLDER, {}), **tables.get(name, {})}
    found = {}
    for key, default in vars(Uses()).items():
        value = entries.get(key, default)
        if isinstance(default, str):
            fits = isinstance(value, str) and "/" not in value
        else:
            fits = isinstance(value, (list, tuple)) and all(isinstance(word, str) for word in value)
        if not fits:
            wanted = "the name of a folder" if isinstance(default, str) else 'a list like ["pandas"]'
            raise AssignmentError(f"{CONTRACT}: `{key}` of {name} should be {wanted}")
        found[key] = value if isinstance(value, str) else tuple(value)
    return Uses(**found)


def libraries_of(assignments: Iterable[str], root: Path = REPOSITORY) -> list[str]:
    """The libraries of these assignments, each once; if none is named, those of all assignments in the contract.

    Also the libraries that their graders forbid: machine code refuses only in what is imported before any notebook
    runs.
    """
    from autograder.sandbox.bans import BANS  # the set-up runs this file in an image that has little more

    chosen = list(assignments) or _contract(root)
    found = [library for name in chosen for library in uses_of(name, root).libraries]
    for name in chosen:
        grader = root / "autograder" / "graders" / f"{name}.py"
        text = grader.read_text(encoding="utf-8") if grader.is_file() else ""
        found += [library for kind, ban in BANS.items() if f'"{kind}"' in text for library in ban.libraries]
    return list(dict.fromkeys(found))


def _contract(root: Path) -> dict:
    file = (root if (root / CONTRACT).is_file() else REPOSITORY) / CONTRACT
    try:
        return _parsed(file, file.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise AssignmentError(f"{CONTRACT} cannot be read: {error}") from None


@functools.lru_cache(maxsize=4)
def _parsed(file: Path, _changed: int) -> dict:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def main() -> None:
    """Prints what pip installs for all assignments, one requirement per line."""
    print(
        *sorted({name for table in _contract(REPOSITORY) for name in uses_of(table).requirements}), sep="\n"
    )


if __name__ == "__main__":
    main()
