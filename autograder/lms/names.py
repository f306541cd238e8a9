"""Finds the owner of a downloaded file from the names that the LMS made.

Each system writes the owner into a file's or a folder's name in its own way; `_SYSTEMS` is the list, with the source of
each form. The outermost name that a system made decides: the student chose what comes after it or is inside it. If it
contains only a person's name, the students in the gradebook tell who that is (`make students`). Nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from autograder.batch.submitted import is_no_folder_name, plain_id
from autograder.lms.archives import DownloadRefused, Entry
from autograder.lms.roster import Student

PLAIN = "{student}_{assignment}*"


@dataclass(frozen=True)
class Owner:
    """What a file's name says about its owner: `student` is the id in the gradebook."""

    student: str
    timestamp: datetime | None = None  # UTC
    system: str = ""
    """The system that made the name; "" for a file that somebody named."""
    attempt: int = 0
    """The system's own number for this upload or attempt: the greatest is the newest."""
    from_lms: bool = False
    """Whether the file's own date is the moment of the download, as with Canvas and Moodle."""
    late: bool = False
    """Canvas marks late submissions but does not say when they were submitted."""
    person: str = ""
    """The system's own number for the student, or what it has instead: different values are different people."""
    place: str = ""
    """The part of the path that the system made."""
    note: str = ""


class NotUnderstood(Exception):
    """A file is left where it is; the message is the end of a sentence that begins with its name."""


class Ignored(Exception):
    """A file of the LMS itself, such as a receipt or a list of contents."""


@dataclass(frozen=True)
class _System:
    """How a system names a file or a folder. `form` has the group student, name, lms_id or submission."""

    name: str
    form: re.Pattern[str]
    only_folders: bool = False
    from_lms: bool = False


def _systems(assignment: str) -> tuple[_System, ...]:
    def form(text: str) -> re.Pattern[str]:
        return re.compile(text, re.IGNORECASE)

    return (
        # nbgrader/exchange/default/submit.py: user+assignment+time+random
        _System(
            "nbgrader's exchange", form(r"(?P<student>[^/+]+)\+[^/+]+\+(?P<timestamp>[^/+]+?)(?:\+.*)?"), True
        ),
        # moodle/mod/assign/classes/downloader.php: group-name_participant_plugin_, as a folder or before the file's
        # name; if students submit in groups, only the group's name, and no number for students without a group
        _System(
            "Moodle",
            form(
                r"(?P<name>[^/_]+?)(?:_(?P<participant>\d+))?_assignsubmission_(?P<plugin>file|onlinetext)(?:_.*)?"
            ),
            from_lms=True,
        ),
        # Blackboard, "Assignment File Download": [gradebook_course_]assignment_user_attempt_time_file
        _System(
            "Blackboard",
            form(
                r"(?P<title_and_user>.+?)_attempt_(?P<timestamp>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?P<file>_.*|\.\w+)?"
            ),
        ),
        # Brightspace, "Download" of an assignment: user-folder - name - date, as a folder or before the file's name
        _System(
            "Brightspace",
            form(r"(?P<member>\d+)-\d+ ?- (?P<name>.+?) ?- (?P<date>[^-]*\d{4}[^-]*)(?: ?- .*)?"),
        ),
        # canvas-lms/lib/content_zipper.rb: name[_LATE]_user_attachment_file; "anon_code" without names
        _System(
            "Canvas",
            form(r"anon(?P<late>_LATE)?_(?P<anonymous>[a-z0-9]{5})_(?P<attempt>\d+)_.*"),
            from_lms=True,
        ),
        _System(
            "Canvas",
            form(r"(?P<name>[^/_]+?)(?P<late>_LATE)?_(?P<lms_id>\d+)_(?P<attempt>\d+)_.*"),
            from_lms=True,
        ),
        # Gradescope, "Export Submissions": submission_number next to submission_metadata.yml
        _System("Gradescope", form(r"submission_(?P<submission>\d+)"), True),
        # CoCalc, assignment-collect/: a folder with the student's UUID, next to "STUDENT - name.txt" in it
        _System("CoCalc", form(r"(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"), True),
        # GitHub Classroom, `gh classroom clone student-repos`: assignment-user
        _System(
            "GitHub Classroom",
            form(rf"{_spelled(assignment)}[-_](?P<login>(?!(?:submissions|collect)$)[^/]+)"),
            True,
        ),
    )


_PARTICIPANT = re.compile(
    r"(?:participant(?:e|a|·e|-e|e-a)?|teilnehmer(?:[-/:*_]?in)?|partecipante|deelnemer|deltagare|deltaker|deltager"
    r"|uczestnik|účastník|účastníčka|résztvevő|osallistuja|partaidea|sudionik|udeleženec|dalībnieks|dalyvis|osaleja"
    r"|katılımcı|участник|учасник|участник/ца|συμμετέχων|משתתף|مشارك|参加者|参与者|參與者|成员|참가자|þátttakandi"
    r"|(?:người|peserta|ผู้เข้าร่วม|प्रतिभागी)[^/_]*?) ?(?P<number>\d*)",
    re.IGNORECASE,
)
"""Moodle's word for a student whose name is hidden (`hiddenuser` in mod/assign/lang), in its languages."""

_FIELDS = {
    "student": r"[^/]+?",
    "name": r"[^/_]+?",
    "lms_id": r"\d+",
    "timestamp": r"\d{4}-?\d\d-?\d\d[T_ -]?\d\d[-:.]?\d\d(?:[-:.]?\d\d)?(?:Z|[+-]\d\d:?\d\d)?",
}
_MOODLE_MARK = re.compile(r"(?:_\d+)?_assignsubmission_file", re.IGNORECASE)
_DATE = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T_ -]?(\d\d)[-:.]?(\d\d)(?:[-:.]?(\d\d)(?:\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_COCALC_STUDENT = re.compile(r"STUDENT - (?P<name>.+)\.txt", re.IGNORECASE)
_RECEIPT_USER = re.compile(r"\((?P<student>[^()]+)\)\s*$")
_METADATA = "submission_metadata.yml"
_SMALL = 16 * 2**20
"""The most bytes of a system's own list that are read."""


class Names:
    """Finds the owner of a file from its name."""

    def __init__(
        self,
        assignment: str,
        students: Iterable[Student],
        pattern: str | None = None,
        groups: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """Args:
        students: those of the gradebook.
        pattern: {student} is an id of the gradebook, {name} a name, {lms_id} an LMS's number, {assignment} the
            assignment, {timestamp} a date with a time; * and ? match anything. With a / in the pattern, folders count.
        groups: the members of each group in semester.csv, by the `plain_id` of the group's name.

        Raises:
            DownloadRefused: the pattern has no student, or an unknown field.
        """
        self._assignment = assignment
        self._expression = _expression(pattern or PLAIN, assignment)
        self._plain = _expression(PLAIN, assignment)
        self._given = pattern
        self._groups = groups or {}
        self._systems = _systems(assignment)
        self._class = _Class(students)
        self._beside = _Beside()

    def learn(self, entries: Sequence[Entry]) -> None:
        """Reads what the system wrote next to the submissions: Gradescope's list, Blackboard's receipts, groups in
        names."""
        self._beside = _Beside.of(entries)
        parts = {part for entry in entries for part in PurePosixPath(entry.path).parts}
        forms = [system.form for system in self._systems if "lms_id" in system.form.groupindex]
        self._class.learn_numbers(
            match["lms_id"] for form in forms for part in parts if (match := form.fullmatch(part))
        )

    def owner(self, path: str) -> Owner:
        """The first of `owners`."""
        return self.owners(path)[0]

    def owners(self, path: str) -> list[Owner]:
        """The owners of the file at `path` in the download: several students if they submitted as a group.

        The outermost name that a system made decides. Without one, the file's own name does, or with a custom pattern,
        a folder's name if the file's does not fit. If a folder around the file names another student, it is refused.

        Raises NotUnderstood, and Ignored if the file is the LMS's own.
        """
        path = unicodedata.normalize("NFC", path)
        if self._given is None:
            *folders, file = PurePosixPath(path).parts
            if file.lower() in ("index.html", _METADATA) or _COCALC_STUDENT.fullmatch(file):
                raise Ignored
            for depth, part in enumerate((*folders, file)):
                for system in self._systems:
                    if system.only_folders and depth == len(folders):
                        continue
                    if match := system.form.fullmatch(part):
                        above = "".join(f"{folder}/" for folder in folders[:depth])
                        if owners := self._of_system(system, match, above, part):
                            if login := match.groupdict().get("login"):
                                self._refuse_unless_of(login, part, file)
                            return owners
            if owner := self._loose(path):
                return [owner]
        return [self._by_pattern(path)]

    def _refuse_unless_of(self, login: str, folder: str, file: str) -> None:
        """For an unknown login: tiny-late/ada_tiny.ipynb could be late's repository, or ada's file."""
        named = self._plain.fullmatch(PurePosixPath(file).stem)
        if named and plain_id(named["student"]) != plain_id(login) and not self._class.exactly(login):
            raise NotUnderstood(
                f"it could belong to {named['student']} by its name, or to {login} by the folder {folder}: "
                "rename one, or enter the class with make students"
            )

    def _of_system(self, system: _System, match: re.Match[str], above: str, part: str) -> list[Owner]:
        facts = {name: value or "" for name, value in match.groupdict().items()}
        note, when = "", None
        if len(_MOODLE_MARK.findall(part)) > 1:
            raise NotUnderstood("it could belong to two students: check who uploaded it")
        if facts.get("plugin", "").lower() == "onlinetext":
            raise Ignored
        if system.name == "Blackboard":
            if re.fullmatch(r"\.txt", facts["file"]):
                raise Ignored  # the receipt
            students = [self._of_blackboard(facts["title_and_user"], part)]
            when = _local(facts["timestamp"])
        elif facts.get("anonymous"):
            raise NotUnderstood(
                "Canvas hides the names (anonymous grading): show them there, and download again"
            )
        elif "submission" in facts:
            listed = self._beside.gradescope.get(above + part)
            if listed is None:
                return []
            students = [self._class.anyone(one) for one in listed.submitters]
            when = listed.created
        elif "uuid" in facts:
            names = self._beside.cocalc.get(above + part, set())
            if len(names) != 1:
                raise NotUnderstood(
                    "CoCalc's folder has "
                    + ("more than one" if names else "no")
                    + ' file "STUDENT - name.txt": rename the folder to the student\'s id'
                )
            students = [self._class.named(*names)]
        elif "participant" in facts:
            students, note = self._of_moodle(facts["name"], facts["participant"])
        elif "login" in facts:
            students = [self._class.login(facts["login"], part)]
        elif "student" in facts:
            students = [self._class.id_of(facts["student"])]
            when = read_timestamp(facts["timestamp"])
        elif "lms_id" in facts:
            students = [self._class.with_number(facts["lms_id"], facts["name"])]
        else:
            students = [self._class.named(facts["name"])]
            when = _written_date(facts["date"])
        attempt = int(facts["attempt"]) if facts.get("attempt") else int(when.timestamp()) if when else 0
        return [
            Owner(
                _checked(student),
                when,
                system.name,
                attempt,
                system.from_lms,
                late=bool(facts.get("late")),
                person=facts.get("participant") or facts.get("lms_id") or facts.get("member") or "",
                place=part,
                note=note,
            )
            for student in students
        ]

    def _of_blackboard(self, title_and_user: str, part: str) -> str:
        """The title and the user's name may both have _ in them: the gradebook, or the receipt, says where one ends."""
        receipt = self._beside.receipts.get(part.split("_attempt_")[0])
        if receipt:
            return self._class.id_of(receipt)
        words = title_and_user.split("_")
        for first in range(1, len(words)):
            if known := self._class.known("_".join(words[first:])):
                return known
        if self._class.is_empty and len(words) > 1:
            return words[-1]
        raise NotUnderstood(
            f"nobody in the gradebook has the Blackboard user name at the end of {title_and_user}: "
            "enter the class with make students"
        )

    def _of_moodle(self, name: str, participant: str) -> tuple[list[str], str]:
        """The name may follow a group's name, or be Moodle's word for a hidden name."""
        if found := self._class.by_name(name):
            return [_one(found, f"the name {name}")], ""
        pieces = name.split("-")
        for first in range(1, len(pieces)):
            group, rest = "-".join(pieces[:first]), "-".join(pieces[first:])
            is_group = re.search(r"[\d\s]", group) or self._beside.groups.get(group, 0) > 1
            if is_group and (found := self._class.by_name(rest)):
                return [_one(found, f"the name {rest}")], ""
        words = ("-".join(pieces[first:]).strip() for first in range(len(pieces)))
        if hidden := next(filter(None, map(_PARTICIPANT.fullmatch, words)), None):
            student = f"participant-{hidden['number'] or participant}"
            return [student], (
                f"{student}: Moodle hides the names (blind marking); the mark goes back with FORMAT=moodle and "
                "Moodle's own worksheet, or reveal the identities in Moodle and download again"
            )
        if members := self._groups.get(plain_id(name)):
            return [members[0]], ""  # before grading, the others get it (gradebook/groups.py)
        return [self._class.named(name, "a student with make students, or a group with make group")], ""

    def _loose(self, path: str) -> Owner | None:
        """The owner from a folder, or a part of a file's name, that names exactly a student: Drive, Classroom, named by
        hand."""
        *folders, file = PurePosixPath(path).parts
        named = self._named_by_file(PurePosixPath(file).stem)
        for folder in folders:
            if found := self._class.exactly(folder):
                if named - {found}:
                    raise NotUnderstood(
                        f"its name says {min(named - {found})}, and the folder {folder} says {found}: rename one"
                    )
                return Owner(_checked(found))
        if len(named) > 1:
            raise NotUnderstood(f"its name says {' and '.join(sorted(named))}: rename it to {PLAIN}.ipynb")
        if named:
            (student,) = named
            self._refuse_another(student, folders)
            return Owner(_checked(student))
        return None

    def _named_by_file(self, stem: str) -> set[str]:
        """The students whose names are a whole part of the file's name: Classroom's "Ada - tiny", "tiny_ada", "ada"."""
        stem = re.sub(r"(?:[ _-]?\(\d+\)|\.ipynb)+$", "", stem)
        around = rf"(?:^|[-_ ]+){_spelled(self._assignment)}(?=$|[-_ ])[-_ ]*"
        pieces = [*stem.split(" - "), re.sub(around, "", stem, count=1, flags=re.IGNORECASE)]
        if match := self._plain.fullmatch(stem):
            pieces.append(match["student"])
        return {known for piece in pieces if (known := self._class.exactly(piece))}

    def _by_pattern(self, path: str) -> Owner:
        parts = PurePosixPath(path).with_suffix("").parts
        pattern = self._given or PLAIN
        if "/" in pattern:
            candidates = ["/".join(parts)]
        else:
            candidates = [parts[-1], *parts[:-1]] if self._given else [parts[-1]]
        for place in candidates:
            if match := self._expression.fullmatch(place):
                facts = match.groupdict()
                if facts.get("student") is not None:
                    student = self._class.id_of(facts["student"])
                elif facts.get("lms_id"):
                    student = self._class.with_number(facts["lms_id"], facts.get("name") or "")
                else:
                    student = self._class.named(facts["name"])
                when = read_timestamp(facts["timestamp"]) if facts.get("timestamp") else None
                if "/" not in pattern:
                    self._refuse_another(student, [part for part in parts if part != place])
                return Owner(_checked(student), when)
        wanted = self._given or f"{PLAIN}.ipynb, nor is it one that an LMS made"
        raise NotUnderstood(
            f"its name does not fit {wanted}: rename it, or describe the names with PATTERN=names (--pattern)"
        )

    def _refuse_another(self, student: str, folders: Iterable[str]) -> None:
        """Refuses a file in another student's folder: students choose the file's name, the LMS chooses the folder's."""
        for folder in folders:
            named = self._class.mentioned(folder)
            if named and student not in named:
                raise NotUnderstood(
                    f"its name says {student}, and the folder {folder} says {named[0]}: rename one"
                )

    def is_new(self, student: str) -> bool:
        """Whether the gradebook has students, but not this one."""
        return not self._class.is_empty and self._class.known(student) is None


class _Class:
    """The students of the gradebook, by every name that a system may use for them."""

    def __init__(self, students: Iterable[Student]) -> None:
        self._ids: dict[str, str] = {}
        self._exact: set[str] = set()
        self._numbers: dict[str, list[str]] = defaultdict(list)
        self._emails: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._without_zeros: dict[str, list[str]] = defaultdict(list)
        self._number_of: dict[str, str] = {}
        self._numbers_are_theirs = False
        self._is_listed = False
        for student in students:
            self._ids[plain_id(student.id)] = student.id
            self._exact.add(student.id)
            if student.id.isdecimal():
                self._without_zeros[student.id.lstrip("0")].append(student.id)
            if student.lms_user_id:
                self._numbers[plain_id(student.lms_user_id)].append(student.id)
                self._number_of[student.id] = student.lms_user_id
            if student.email:
                self._emails[plain_id(student.email)].append(student.id)
            if student.first_name or student.last_name:
                both = (student.first_name + student.last_name, student.last_name + student.first_name)
                for name in {_letters(name) for name in both}:
                    self._names[name].append(student.id)
            self._is_listed |= bool(student.first_name or student.last_name or student.email)

    @property
    def is_empty(self) -> bool:
        return not self._ids

    def known(self, text: str) -> str | None:
        """The id that `text` means, even if a spreadsheet removed its leading zeros."""
        if text in self._exact:
            return text
        if found := self._ids.get(plain_id(text)):
            return found
        same = self._without_zeros.get(text.strip().lstrip("0"), []) if text.strip().isdecimal() else []
        return same[0] if len(same) == 1 else None

    def id_of(self, text: str, said_by: str = "the file") -> str:
        """The id that a file's name gives; a new student if the gradebook has no class list.

        Raises NotUnderstood.
        """
        found = self.known(text) or self._alone(self._emails, text)
        if found:
            return found
        if self._is_listed and not is_no_folder_name(text):
            raise NotUnderstood(
                f"{text} is not among the gradebook's students: rename {said_by}, or add the student with make students"
            )
        return unicodedata.normalize("NFC", text)

    def login(self, text: str, folder: str) -> str:
        return self._alone(self._numbers, text) or self.id_of(text, f"the folder {folder}")

    def learn_numbers(self, numbers: Iterable[str]) -> None:
        """Takes note of the numbers in a download. If one is in the gradebook, the gradebook's numbers are this
        system's."""
        self._numbers_are_theirs = any(number in self._numbers for number in numbers)

    def with_number(self, number: str, name: str) -> str:
        if number in self._numbers:
            return _one(self._numbers[number], f"the LMS id {number}")
        said = " or ".join(filter(None, (f"the LMS id {number}", name and f"the name {name}")))
        student = _one(self._names.get(_letters(name), []) or self._of_login(name), said)
        if self._numbers_are_theirs and (ours := self._number_of.get(student)):
            raise NotUnderstood(
                f"the LMS id {number} is not that of {student} ({ours}): enter the class again with make students"
            )
        return student

    def by_name(self, name: str) -> list[str]:
        return self._names.get(_letters(name), [])

    def named(self, name: str, enter: str = "the class with make students") -> str:
        """Raises NotUnderstood, which says what to `enter`."""
        return _one(self.by_name(name) or self._of_login(name), f"the name {name}", enter)

    def anyone(self, texts: Iterable[str]) -> str:
        """The first of these texts that names exactly one student: a number, an address, an id or a name."""
        texts = [text for text in texts if text]
        for text in texts:
            found = self.exactly(text)
            if found:
                return found
        if self.is_empty and texts:
            return unicodedata.normalize("NFC", texts[0])
        raise NotUnderstood(
            f"nobody in the gradebook is {' or '.join(texts)}: enter the class with make students"
        )

    def exactly(self, text: str) -> str | None:
        """The only student with this id, address, number or name."""
        found = {
            one
            for one in (
                self.known(text),
                self._alone(self._emails, text),
                self._alone(self._numbers, text),
                self._alone_named(text),
            )
            if one
        }
        return found.pop() if len(found) == 1 else None

    def mentioned(self, folder: str) -> list[str]:
        words = {_letters(word) for word in re.split(r"[\W_]+", folder)} | {_letters(folder)}
        named = [one for key, one in self._ids.items() if _letters(key) in words]
        return named + [one for name, ones in self._names.items() if name in _letters(folder) for one in ones]

    def _of_login(self, text: str) -> list[str]:
        found = self._ids.get(plain_id(text))
        return [found] if found else []

    def _alone(self, table: dict[str, list[str]], text: str) -> str | None:
        found = table.get(plain_id(text), [])
        return found[0] if len(found) == 1 else None

    def _alone_named(self, text: str) -> str | None:
        found = self.by_name(text)
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class _Listed:
    """One submission in Gradescope's list: the sid, address and name of each submitter."""

    submitters: tuple[tuple[str, ...], ...]
    created: datetime | None


@dataclass(frozen=True)
class _Beside:
    """What the systems wrote next to the submissions."""

    gradescope: dict[str, _Listed] = field(default_factory=dict)  # by the folder's path
    cocalc: dict[str, set[str]] = field(default_factory=dict)  # names by the folder's path
    receipts: dict[str, str] = field(default_factory=dict)  # user by what is before _attempt_
    groups: dict[str, int] = field(default_factory=dict)  # how many names begin with it

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> _Beside:
        beside = cls()
        in_groups: dict[str, set[str]] = defaultdict(set)
        lists = sorted(
            (one for one in entries if PurePosixPath(one.path).name == _METADATA),
            key=lambda one: one.path.count("/"),
        )
        for entry in lists[:1]:  # lists in deeper folders are a student's
            above = entry.path.removesuffix(_METADATA)
            beside.gradescope.update({above + name: listed for name, listed in _read_metadata(entry)})
        for entry in entries:
            folder, file = PurePosixPath(entry.path).parent.as_posix(), PurePosixPath(entry.path).name
            if found := _COCALC_STUDENT.fullmatch(file):
                beside.cocalc.setdefault(folder, set()).add(found["name"])
            if re.search(r"_attempt_[\d-]{19}\.txt$", file) and (user := _user_of_receipt(entry)):
                beside.receipts[file.split("_attempt_")[0]] = user
            for part in PurePosixPath(entry.path).parts:
                if _MOODLE_MARK.search(part):
                    name = part.split("_")[0]
                    for dash in (place for place, letter in enumerate(name) if letter == "-"):
                        in_groups[name[:dash]].add(name[dash:])
        beside.groups.update({group: len(names) for group, names in in_groups.items()})
        return beside


def _content(entry: Entry) -> str:
    try:
        with entry.open() as stream:
            return stream.read(_SMALL).decode("utf-8-sig", "replace")
    except Exception:  # if anything is wrong with the archive, the list says nothing
        return ""


def _user_of_receipt(entry: Entry) -> str:
    """Its first line is "Name: Ada Lovelace (ada)", in the site's language."""
    first = _content(entry).lstrip().split("\n", 1)[0].strip()
    found = _RECEIPT_USER.search(first)
    return found["student"].strip() if found else ""


def _read_metadata(entry: Entry) -> Iterator[tuple[str, _Listed]]:
    """Gradescope's YAML has Ruby's symbols as keys: ":submitters"."""
    import yaml

    try:
        content = yaml.load(_content(entry), Loader=yaml.BaseLoader)  # every value a string: 007 stays
    except (yaml.YAMLError, RecursionError):
        return
    for name, facts in content.items() if isinstance(content, dict) else ():
        if not isinstance(facts, dict):
            continue
        people = [one for one in facts.get(":submitters") or () if isinstance(one, dict)]
        submitters = tuple(
            tuple(str(one.get(key) or "") for key in (":sid", ":email", ":name")) for one in people
        )
        if submitters:
            try:
                created = read_timestamp(str(facts.get(":created_at", "")))
            except NotUnderstood:
                created = None
            yield str(name), _Listed(submitters, created)


def _letters(name: str) -> str:
    """Canvas drops spaces and punctuation, so only letters and digits count."""
    return "".join(c for c in unicodedata.normalize("NFC", name).casefold() if c.isalnum())


def _one(found: Sequence[str], said: str, enter: str = "the class with make students") -> str:
    if len(found) == 1:
        return found[0]
    if found:
        raise NotUnderstood(f"{' and '.join(found)} have {said}: rename it to {PLAIN}.ipynb")
    raise NotUnderstood(f"nobody in the gradebook has {said}: enter {enter}")


def _checked(student: str) -> str:
    if not student or is_no_folder_name(student):
        raise NotUnderstood(f"{student!r} cannot be a student's id")
    return student


def _expression(pattern: str, assignment: str) -> re.Pattern[str]:
    known = {**_FIELDS, "assignment": _spelled(assignment)}
    parts = re.split(r"(\{\w*\}|\*|\?)", pattern.removesuffix(".ipynb").removesuffix(".IPYNB"))
    regular = []
    for part in parts:
        name = part.strip("{}")
        if part in ("*", "?"):
            regular.append("[^/]*?" if part == "*" else "[^/]")
        elif not part.startswith("{"):
            regular.append(re.escape(unicodedata.normalize("NFC", part)))
        elif name not in known:
            raise DownloadRefused(
                f"the pattern {pattern} has {part}: there are " + ", ".join(f"{{{one}}}" for one in known)
            )
        elif name == "assignment":
            regular.append(known[name])
        else:
            regular.append(f"(?P<{name}>{known[name]})")
    if not {"{student}", "{name}", "{lms_id}"} & set(parts):
        raise DownloadRefused(f"the pattern {pattern} has no {{student}}: write it where the student's id is")
    text = "".join(regular)
    if "/" in pattern:
        text = r"(?:.*/)?" + text
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error:
        raise DownloadRefused(f"the pattern {pattern} has a field twice: write each once") from None


def _spelled(assignment: str) -> str:
    """vanishing-gradients, Vanishing Gradients, vanishing_gradients …"""
    return "[-_ ]?".join(re.escape(word) for word in assignment.split("-"))


def is_named(path: str, assignment: str) -> bool:
    """Whether the file's own name contains the assignment's."""
    return re.search(_spelled(assignment), PurePosixPath(path).name, re.IGNORECASE) is not None


def read_timestamp(text: str) -> datetime:
    """A time without a zone is in UTC, as for nbgrader."""
    return _parsed(text, UTC).astimezone(UTC)


def _local(text: str) -> datetime:
    """A time without a zone from an LMS is taken to be in this machine's zone, like the dates in zip files."""
    return _parsed(text, None).astimezone(UTC)


def _parsed(text: str, zone: object) -> datetime:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise NotUnderstood(f"{text} is not a date with a time")
    *numbers, offset = match.groups()
    iso = "{}-{}-{}T{}:{}:{}".format(*(number or "00" for number in numbers))
    offset = "Z" if zone is UTC and not offset else (offset or "").upper().replace("UTC", "Z")
    try:
        return datetime.fromisoformat(iso + offset)
    except ValueError:
        raise NotUnderstood(f"{text} is not a date with a time") from None


_MONTHS = {
    1: "jan gen ene janv styc led ocak янв 1月",
    2: "feb fev fév febr lut úno şub фев 2月",
    3: "mar mär mrt març mars mrz maart bře марта мар 3月",
    4: "apr avr abr kwi dub nis апр 4月",
    5: "may mai mag maj mei maio kvě мая май 5月",
    6: "jun giu juin czer čvn haz июн 6月",
    7: "jul lug juil lip čvc tem июл 7月",
    8: "aug ago aoû aou sie srp ağu авг 8月",
    9: "sep set sept wrz zář eyl сен 9月",
    10: "oct okt ott out paź paz říj eki окт 10月",
    11: "nov lis kas ноя 11月",
    12: "dec dez dic déc gru pro ara дек 12月",
}
"""The beginnings of month names in Brightspace's languages; the longest one that fits counts."""


def _written_date(text: str) -> datetime | None:
    """Brightspace's "Oct 17, 2026 830 AM" or "17 octobre, 2026 0830"; None if the order of the numbers is unclear."""
    year = re.search(r"(?<!\d)(20\d\d)(?!\d)", text)
    clock = re.search(r"(?<!\d)(\d{1,2})[.:h]?(\d\d)(?:[.:]?\d\d)?\s*([ap]\.?m\.?)?\s*$", text, re.IGNORECASE)
    if year is None or clock is None or clock.start() < year.end():
        return None
    before = text[: year.start()]
    day = re.search(r"(?<!\d)(\d{1,2})(?!\d)", before)
    word = re.search(r"[^\W\d_]{3,}", before)
    if day is None or word is None:
        return None
    month, _ = max(
        (
            (number, len(start))
            for number, starts in _MONTHS.items()
            for start in starts.split()
            if word[0].casefold().startswith(start)
        ),
        key=lambda found: found[1],
        default=(0, 0),
    )
    hour, half = int(clock[1]), (clock[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return datetime(int(year[1]), month, int(day[1]), hour, int(clock[2])).astimezone(UTC)
    except ValueError:
        return None
