"""The service's memory: who may enter, and every attempt with its result. It survives `kill -9`.

Links and sessions are stored as hashes: nobody who reads the database can use them to enter. Times are seconds since
1970.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import threading
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
    update,
)

from autograder.gradebook.configuration import database_url, read_configuration

FOLDER = "served"
STUDENT, INSTRUCTOR = "student", "instructor"
WAITING, RUNNING, DONE, REPLACED, UNREADABLE, LOST = "waiting running done replaced unreadable lost".split()
COUNTED = (RUNNING, DONE)
"""The states that count as an attempt: a notebook that was replaced, or could not be read or judged, does not count."""
LINK_SECONDS = 30 * 24 * 3600
"""How long a browser stays logged in after a link was opened in it."""
_BUSY_SECONDS = 30
_TRIES = 3
"""How often an attempt is started: one that crashes the service each time is given up."""
_HOUR = 3600

_TABLES = MetaData()
_PEOPLE = Table(
    "serve_people",
    _TABLES,
    Column("id", String(150), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("link", String(64), unique=True),
    Column("revoked", Boolean, nullable=False, default=False),
)
_SESSIONS = Table(
    "serve_sessions",
    _TABLES,
    Column("hash", String(64), primary_key=True),
    Column("person", String(150), nullable=False, index=True),
    Column("ends", Float, nullable=False),
)
_ATTEMPTS = Table(
    "serve_attempts",
    _TABLES,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("student", String(150), nullable=False),
    Column("assignment", String(150), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("file", Text, nullable=False),  # below the course folder; "" once it is no longer kept
    Column("received", Float, nullable=False),
    Column("queued", Float, nullable=False),  # of the first in a series of uploads that replaced each other
    Column("started", Float),
    Column("ended", Float),
    Column("tries", Integer, nullable=False, default=0),
    Column("digest", String(64), nullable=False, default=""),  # of the cells
    Column("grounds", String(64), nullable=False, default=""),  # of everything else that decides the verdict
    # JSON, what the class page needs of the report; stored before the report, or SQLite would read through that
    Column("results", Text),
    Column("report", Text),  # JSON, of all tests: redact.py decides who reads what of it
    Index("serve_attempts_of", "student", "assignment"),
    sqlite_autoincrement=True,  # no number is used twice
)


@dataclass(frozen=True)
class Person:
    id: str
    role: str

    @property
    def is_instructor(self) -> bool:
        return self.role == INSTRUCTOR


@dataclass(frozen=True)
class Attempt:
    number: int
    student: str
    assignment: str
    state: str
    file: str
    received: float
    queued: float
    started: float | None
    ended: float | None
    tries: int
    digest: str
    grounds: str
    results: str | None
    report: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (WAITING, RUNNING)


class Store:
    """Can be used from any thread; only one service at a time writes attempts (run.py ensures this)."""

    def __init__(self, url: str) -> None:
        sqlite = make_url(url).get_backend_name() == "sqlite"
        options: dict[str, Any] = (
            {"connect_args": {"timeout": _BUSY_SECONDS}} if sqlite else {"pool_pre_ping": True}
        )
        self._engine = create_engine(url, **options)
        self._one_writer = threading.Lock()
        if sqlite:
            event.listen(self._engine, "connect", _as_we_want_it)
            event.listen(self._engine, "begin", _begin)
        with self._writing() as connection:
            _TABLES.create_all(connection)
            columns = {column["name"] for column in inspect(connection).get_columns(_ATTEMPTS.name)}
            if "results" not in columns:  # a database from before this column existed
                connection.execute(text(f"ALTER TABLE {_ATTEMPTS.name} ADD COLUMN results TEXT"))

    @classmethod
    def of_course(cls, root: Path) -> Store:
        """A store in its own file below `served/`, or in the gradebook's database if that is not SQLite."""
        url = database_url(read_configuration(root), root)
        if make_url(url).get_backend_name() == "sqlite":
            folder = root / FOLDER
            folder.mkdir(mode=0o700, exist_ok=True)
            url = f"sqlite:///{folder.resolve() / 'serve.db'}"
        return cls(url)

    def close(self) -> None:
        self._engine.dispose()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            self._one_writer,
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    # ---- people

    def people(self) -> dict[str, Person]:
        """The people with a working link."""
        with self._engine.connect() as connection:
            has_link = _PEOPLE.c.link.is_not(None)  # people whom a hub let in have none
            rows = connection.execute(select(_PEOPLE.c.id, _PEOPLE.c.role).where(has_link))
            return {row.id: Person(row.id, row.role) for row in rows}

    def invite(self, person: str, role: str = STUDENT) -> str:
        """A new code for a personal link. This person's older link, and the sessions entered with it, end."""
        code = secrets.token_urlsafe(32)
        with self._writing() as connection:
            _end_all(connection, person)
            connection.execute(delete(_PEOPLE).where(_PEOPLE.c.id == person))
            connection.execute(
                insert(_PEOPLE).values(id=person, role=role, link=_hashed(code), revoked=False)
            )
        return code

    def admit(self, person: str, role: str = STUDENT) -> None:
        """Lets in somebody whom another system has identified, unless their access was revoked.

        In this role, unless the person's link is an instructor's.
        """
        with self._writing() as connection:
            mine = _PEOPLE.c.id == person
            known = connection.execute(select(_PEOPLE.c.role, _PEOPLE.c.link).where(mine)).first()
            if known is not None:
                invited = known.role == INSTRUCTOR and known.link is not None
                kept = INSTRUCTOR if invited else role
                connection.execute(update(_PEOPLE).where(mine).values(role=kept))
            else:
                connection.execute(insert(_PEOPLE).values(id=person, role=role, revoked=False))

    def revoke(self, person: str) -> bool:
        """Ends a person's link and sessions; returns whether there was one."""
        with self._writing() as connection:
            _end_all(connection, person)
            question = update(_PEOPLE).where(_PEOPLE.c.id == person, ~_PEOPLE.c.revoked)
            return connection.execute(question.values(revoked=True, link=None)).rowcount > 0

    def person_with(self, code: str) -> Person | None:
        """The person to whom this link belongs."""
        with self._engine.connect() as connection:
            question = select(_PEOPLE.c.id, _PEOPLE.c.role).where(
                _PEOPLE.c.link == _hashed(code), ~_PEOPLE.c.revoked
            )
            row = connection.execute(question).first()
        return Person(row.id, row.role) if row is not None else None

    def open_session(self, person: str, now: float, seconds: float = LINK_SECONDS) -> str:
        token = secrets.token_urlsafe(32)
        with self._writing() as connection:
            connection.execute(delete(_SESSIONS).where(_SESSIONS.c.ends < now))
            values = {"hash": _hashed(token), "person": person, "ends": now + seconds}
            connection.execute(insert(_SESSIONS).values(values))
        return token

    def person_in(self, token: str, now: float) -> Person | None:
        """The person to whom this session belongs."""
        with self._engine.connect() as connection:
            question = (
                select(_PEOPLE.c.id, _PEOPLE.c.role)
                .join(_SESSIONS, _SESSIONS.c.person == _PEOPLE.c.id)
                .where(_SESSIONS.c.hash == _hashed(token), _SESSIONS.c.ends > now, ~_PEOPLE.c.revoked)
            )
            row = connection.execute(question).first()
        return Person(row.id, row.role) if row is not None else None

    def close_session(self, token: str) -> None:
        with self._writing() as connection:
            connection.execute(delete(_SESSIONS).where(_SESSIONS.c.hash == _hashed(token)))

    # ---- attempts

    def add(self, student: str, assignment: str, file: str, now: float) -> Attempt:
        """Adds an attempt at the end of the queue, or in the place of the student's attempt that is still waiting."""
        with self._writing() as connection:
            mine = (_ATTEMPTS.c.student == student, _ATTEMPTS.c.assignment == assignment)
            older = (*mine, _ATTEMPTS.c.state == WAITING)
            queued = connection.scalar(select(func.min(_ATTEMPTS.c.queued)).where(*older))
            connection.execute(update(_ATTEMPTS).where(*older).values(state=REPLACED, ended=now))
            values = {
                "student": student, "assignment": assignment, "state": WAITING, "file": file,
                "received": now, "queued": now if queued is None else queued,
            }  # fmt: skip
            number = connection.execute(insert(_ATTEMPTS).values(values)).inserted_primary_key[0]
            return _attempt(connection, number)

    def take(self, now: float, without: Collection[str] = ()) -> Attempt | None:
        """The next one to be judged, leaving out assignments in `without`. It is now running. None if nothing waits."""
        with self._writing() as connection:
            free, _ = _line(connection, now, without)
            if not free:
                return None
            question = update(_ATTEMPTS).where(_ATTEMPTS.c.number == free[0])
            connection.execute(question.values(state=RUNNING, started=now, tries=_ATTEMPTS.c.tries + 1))
            return _attempt(connection, free[0])

    def line(self, now: float, without: Collection[str] = ()) -> list[int]:
        """The numbers of the waiting attempts, in the order in which they will be judged; see `take`."""
        with self._engine.connect() as connection:
            free, held_up = _line(connection, now, without)
            return free + held_up

    def finish(self, number: int, state: str, now: float, **facts: str | None) -> None:
        """Records the result of a running attempt: its state, and its `report`, `results`, `digest` and `grounds`."""
        with self._writing() as connection:
            question = update(_ATTEMPTS).where(_ATTEMPTS.c.number == number, _ATTEMPTS.c.state == RUNNING)
            connection.execute(question.values(state=state, ended=now, **facts))

    def put_back(self, number: int) -> None:
        """Makes a running attempt wait again: there was no judge for it, which is not the attempt's fault."""
        with self._writing() as connection:
            question = update(_ATTEMPTS).where(_ATTEMPTS.c.number == number, _ATTEMPTS.c.state == RUNNING)
            connection.execute(question.values(state=WAITING, started=None, tries=_ATTEMPTS.c.tries - 1))

    def recover(self, now: float) -> tuple[int, int]:
        """After a crash: what was running waits again, and what ran at every crash is given up. Returns the numbers of
        both."""
        with self._writing() as connection:
            running = _ATTEMPTS.c.state == RUNNING
            given_up = connection.execute(
                update(_ATTEMPTS).where(running, _ATTEMPTS.c.tries >= _TRIES).values(state=LOST, ended=now)
            )
            again = connection.execute(update(_ATTEMPTS).where(running).values(state=WAITING, started=None))
            return again.rowcount, given_up.rowcount

    def attempt(self, number: int) -> Attempt | None:
        with self._engine.connect() as connection:
            return _attempt(connection, number)

    def attempts(
        self, assignment: str | None = None, student: str | None = None, reports: bool = True
    ) -> list[Attempt]:
        """Attempts in the order in which they came. For a whole class, leave out `reports`, which are large."""
        columns = [column for column in _ATTEMPTS.c if reports or column is not _ATTEMPTS.c.report]
        question = select(*columns).order_by(_ATTEMPTS.c.number)
        if assignment is not None:
            question = question.where(_ATTEMPTS.c.assignment == assignment)
        if student is not None:
            question = question.where(_ATTEMPTS.c.student == student)
        with self._engine.connect() as connection:
            return [Attempt(**row._mapping) for row in connection.execute(question)]

    def place(self, attempt: Attempt) -> int:
        """Its number from the student's point of view: the first upload for an assignment is 1."""
        question = select(func.count()).where(
            _ATTEMPTS.c.student == attempt.student,
            _ATTEMPTS.c.assignment == attempt.assignment,
            _ATTEMPTS.c.number <= attempt.number,
        )
        with self._engine.connect() as connection:
            return connection.scalar(question)

    def has_waiting(self, student: str, assignment: str) -> bool:
        question = select(_ATTEMPTS.c.number).where(
            _ATTEMPTS.c.student == student,
            _ATTEMPTS.c.assignment == assignment,
            _ATTEMPTS.c.state == WAITING,
        )
        with self._engine.connect() as connection:
            return connection.scalar(question) is not None

    def counted(self, student: str, assignment: str) -> list[float]:
        """When the counted attempts came in."""
        question = select(_ATTEMPTS.c.received).where(
            _ATTEMPTS.c.student == student,
            _ATTEMPTS.c.assignment == assignment,
            _ATTEMPTS.c.state.in_(COUNTED),
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(question))

    def verdict_on(self, student: str, assignment: str, digest: str, grounds: str) -> str | None:
        """The last report that the student got on the same cells, if everything else that decides it is the same."""
        question = (
            select(_ATTEMPTS.c.report)
            .where(
                _ATTEMPTS.c.student == student,
                _ATTEMPTS.c.assignment == assignment,
                _ATTEMPTS.c.state == DONE,
                _ATTEMPTS.c.digest == digest,
                _ATTEMPTS.c.grounds == grounds,
            )
            .order_by(_ATTEMPTS.c.number.desc())
        )
        with self._engine.connect() as connection:
            return connection.scalar(question)

    def forget_files(self, student: str, assignment: str, keep: int) -> list[str]:
        """The files of a student's uploads that are no longer kept; their rows no longer name them."""
        with self._writing() as connection:
            question = select(_ATTEMPTS.c.number, _ATTEMPTS.c.file, _ATTEMPTS.c.state)
            question = question.where(_ATTEMPTS.c.student == student, _ATTEMPTS.c.assignment == assignment)
            rows = connection.execute(
                question.where(_ATTEMPTS.c.file != "").order_by(_ATTEMPTS.c.number.desc()).offset(keep)
            )
            old = [row for row in rows if row.state not in (WAITING, RUNNING)]
            numbers = [row.number for row in old]
            connection.execute(update(_ATTEMPTS).where(_ATTEMPTS.c.number.in_(numbers)).values(file=""))
            return [row.file for row in old]

    def states(self) -> Counter[str]:
        """How many attempts there are in each state."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_ATTEMPTS.c.state, func.count()).group_by(_ATTEMPTS.c.state))
            return Counter(dict(tuple(row) for row in rows))


def _hashed(secret: str) -> str:
    """A plain hash is enough for 256 random bits: nobody can try them all."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _end_all(connection: Connection, person: str) -> None:
    connection.execute(delete(_SESSIONS).where(_SESSIONS.c.person == person))


def _attempt(connection: Connection, number: int) -> Attempt | None:
    row = connection.execute(select(_ATTEMPTS).where(_ATTEMPTS.c.number == number)).first()
    return Attempt(**row._mapping) if row is not None else None


def _line(connection: Connection, now: float, without: Collection[str]) -> tuple[list[int], list[int]]:
    """The attempts that can be judged now, and those whose student has another attempt running: one per student at a
    time.

    Students with the fewest judged attempts in the last hour come first; among those, in the order of arrival.
    """
    running = set(connection.scalars(select(_ATTEMPTS.c.student).where(_ATTEMPTS.c.state == RUNNING)))
    waiting = connection.execute(
        select(_ATTEMPTS.c.number, _ATTEMPTS.c.student, _ATTEMPTS.c.queued).where(
            _ATTEMPTS.c.state == WAITING, _ATTEMPTS.c.assignment.not_in(without)
        )
    ).all()
    if not waiting:
        return [], []
    recent = Counter(connection.scalars(select(_ATTEMPTS.c.student).where(_ATTEMPTS.c.started > now - _HOUR)))
    ordered = sorted(waiting, key=lambda row: (recent[row.student], row.queued, row.number))
    free = [row.number for row in ordered if row.student not in running]
    return free, [row.number for row in ordered if row.student in running]


def _as_we_want_it(connection: Any, _: Any) -> None:
    """SQLite: committed data is on disk, and readers don't wait for the writer."""
    connection.isolation_level = None  # we begin transactions ourselves, below
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A transaction that will write asks for the lock at once: if it began by reading, it could be refused later."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
