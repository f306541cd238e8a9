"""One fork server for all tests of the sandbox, and a worker for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.grading.uses import libraries_of
from autograder.sandbox.check import choose
from autograder.sandbox.forkserver_client import ForkServer
from autograder.sandbox.worker_client import Worker


@pytest.fixture(scope="session")
def server() -> Iterator[ForkServer]:
    with ForkServer.start(choose(None), libraries=libraries_of([])) as server:
        yield server


@pytest.fixture
def worker(server: ForkServer) -> Iterator[Worker]:
    with server.spawn() as worker:
        yield worker
