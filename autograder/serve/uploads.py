"""Receives an upload within limits on size and time, from a form or as the whole body."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from autograder.grading.file_kinds import SUBMIT_THE_NOTEBOOK, kind_of
from autograder.serve.grading_queue import Refused
from autograder.serve.middleware import TooLarge, TooSlow, limited

SECONDS = 60.0
"""Seconds in which the whole upload must have arrived."""
FORM_BYTES = 64 * 1024
"""The most bytes of a form without a file, and of the fields around a file."""
DISCARDED_BYTES = 32 * 2**20
"""The most bytes that are read of a refused upload."""
_CHUNK = 2**16
_MEBIBYTE = 2**20
_ARCHIVES = (b"PK", b"\x1f\x8b")
"""zip and gzip; the others are among `kind_of`'s."""


async def read_form(request: Request, most: int = FORM_BYTES) -> Mapping[str, Any]:
    """The fields of a form. Raises TooLarge and TooSlow, and HTTPException for a form that is not UTF-8.

    Python has codecs that fail in their own ways, or decode to text that cannot be encoded again.
    """
    _, options = parse_options_header(request.headers.get("content-type"))
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise HTTPException(400, "This form has an encoding other than UTF-8.")
    limit = Request(request.scope, limited(request.receive, most, SECONDS))
    return await limit.form(max_files=1, max_fields=4, max_part_size=FORM_BYTES)


class Body:
    """The body of a request, as it arrives."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.has_ended = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self.has_ended = not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        """Reads the rest, within limits: a proxy that cannot send everything loses our response."""
        receive = limited(self, DISCARDED_BYTES, SECONDS)
        with contextlib.suppress(TooLarge, TooSlow):
            while not self.has_ended:
                await receive()


class Uploads:
    """The folder that has uploads until the queue takes them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._under_way: set[str] = set()
        shutil.rmtree(folder, ignore_errors=True)  # uploads that a crash interrupted
        folder.mkdir(parents=True, mode=0o700)

    def new(self) -> Path:
        return self._folder / secrets.token_hex(16)

    async def receive(
        self,
        request: Request,
        person: str,
        megabytes: float,
        file: Path,
        is_ours: Callable[[str], bool] | None,
    ) -> None:
        """Writes the uploaded notebook into `file`.

        Args:
            is_ours: whether a form's token is from one of this person's pages; None if the body is the notebook.

        Raises:
            Refused: one sentence for the student.
        """
        most = int(megabytes * _MEBIBYTE)
        too_large = Refused(
            "large",
            f"This file is too large: {megabytes:g} MB at most. Clear the outputs, and save again.",
            413,
        )
        length = request.headers.get("content-length", "0")
        if length.isdecimal() and int(length[:20]) > most + FORM_BYTES:
            raise too_large
        if person in self._under_way:
            raise Refused(
                "twice", "Another upload of yours is still on its way: wait until it has come.", 429, 5
            )
        self._under_way.add(person)
        try:
            if is_ours is None:
                await self._body(request, most, file)
            else:
                await self._notebook_of_form(request, most, file, is_ours)
        except TooLarge:
            raise too_large from None
        except TooSlow:
            raise Refused("slow", "The upload took too long and was cut off: try again.", 408) from None
        finally:
            self._under_way.discard(person)
        await run_in_threadpool(_refuse_others, file)

    async def _body(self, request: Request, most: int, file: Path) -> None:
        limit = Request(request.scope, limited(request.receive, most, SECONDS))
        with file.open("wb") as out:
            async for chunk in limit.stream():
                out.write(chunk)
            await run_in_threadpool(_to_disk, out)

    async def _notebook_of_form(
        self, request: Request, most: int, file: Path, is_ours: Callable[[str], bool]
    ) -> None:
        form = await read_form(request, most + FORM_BYTES)
        if not is_ours(str(form.get("token", ""))):
            raise Refused("form", "This page was open for too long: upload your notebook once more.", 403)
        notebook = form.get("notebook")
        if not isinstance(notebook, UploadFile) or not notebook.size:
            raise Refused("empty", "No notebook came: choose the .ipynb file, then upload it.", 400)
        if notebook.size > most:
            raise TooLarge
        await run_in_threadpool(_copy, notebook.file, file)


def _refuse_others(upload: Path) -> None:
    """Refuses, before it is queued, a file that is not a notebook according to its first bytes. Nothing is unpacked."""
    with upload.open("rb") as stream:
        start = stream.read(_CHUNK)
    if not start.strip():
        raise Refused("empty", "The file is empty: save the notebook, then upload it.", 400)
    what = kind_of(start)
    if start.startswith(_ARCHIVES):
        what = "a zip file or another archive", SUBMIT_THE_NOTEBOOK
    if what is not None:
        sentence = f"This is {what[0]}, not a notebook: {what[1]}."
        raise Refused("kind", sentence.replace("submit", "upload"), 415)


def _copy(source: IO[bytes], file: Path) -> None:
    source.seek(0)
    with file.open("wb") as out:
        shutil.copyfileobj(source, out, _CHUNK)
        _to_disk(out)


def _to_disk(out: IO[bytes]) -> None:
    out.flush()
    os.fsync(out.fileno())
