"""Reads the gradebook's database without nbgrader, whose import takes seconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

LOCK_SECONDS = 5.0
"""How long to wait for a SQLite gradebook that another program is writing to."""


@contextmanager
def opened(database: str) -> Iterator[Connection | None]:
    """The gradebook at this URL; None if there is none yet, since connecting would create an empty one."""
    url = make_url(database)
    options = {}
    if url.get_backend_name() == "sqlite":
        if not Path(url.database or "").is_file():
            yield None
            return
        options = {"timeout": LOCK_SECONDS}
    with create_engine(url, poolclass=NullPool, connect_args=options).connect() as connection:
        yield connection


def is_locked(error: BaseException | None) -> bool:
    """Whether an error comes from a SQLite database that another program is using."""
    while error is not None:
        if isinstance(error, DBAPIError):
            code = getattr(error.orig, "sqlite_errorcode", None)
            if code is not None and code & 0xFF == sqlite3.SQLITE_BUSY:  # without the extended bits
                return True
        error = error.__cause__ or error.__context__
    return False
