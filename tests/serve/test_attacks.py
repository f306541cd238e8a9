"""Attacks on the service. None reads or changes what is another's, or ends it; honest students stay served."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.serve import uploads
from autograder.serve.middleware import Buckets, Signer
from autograder.serve.store import STUDENT
from tests import course
from tests.pages.conftest import made_up
from tests.serve.conftest import ADDRESS, EASY, MadeUpPool, Served, Visitor, make_served, verdict

SECRET = "words-of-adas-verdict"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"
LIMIT_MB = 0.05


@dataclass
class Scene:
    """Ada has two verdicts; Mallory has a link of his own, and time."""

    served: Served
    ada: Visitor
    mallory: Visitor

    def state(self) -> Any:
        """What no attack may change: Ada's attempts, who may enter, and every file that is not Mallory's upload."""
        files = {
            path.relative_to(self.served.root).as_posix(): path.stat().st_size
            for path in self.served.root.rglob("*")
            if path.is_file() and "mallory+" not in path.as_posix() and not path.name.startswith("serve.db")
        }
        return self.served.store.attempts(student="ada"), self.served.store.people(), files


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    def answer(unit):
        message = SECRET if unit.submitted.student == "ada" else f"Squaring.\n{MARKUP}"
        return verdict(unit, made_up(unit.submitted.student, failing=("test_square",), message=message))

    root = course.make_course(tmp_path_factory.mktemp("attacked"))
    rules = EASY + f"largest_notebook_mb = {LIMIT_MB}\n"
    freely = Buckets(a_second=1e6, burst=1e6)
    served = make_served(root, rules, MadeUpPool(answer=answer), strangers=freely, members=freely)
    scene = Scene(served, served.enter("ada"), served.enter("mallory"))
    scene.ada.try_it()
    scene.ada.try_it(course.with_sources(square="def square(x):\n    return x"))
    yield scene
    served.store.close()


Attack = Callable[[Scene], Iterable[Any]]
ATTACKS: dict[str, Attack] = {}


def attack(function: Attack) -> Attack:
    ATTACKS[function.__name__.replace("_", " ")] = function
    return function


def notebook(**sources: str) -> bytes:
    return json.dumps(course.with_sources(**sources)).encode()


def database(scene: Scene, question: str) -> list[tuple]:
    """What who has stolen the database reads in it."""
    with sqlite3.connect(scene.served.root / "served" / "serve.db") as connection:
        return connection.execute(question).fetchall()


def with_cookie(scene: Scene, value: str, path: str = "/attempt/1") -> Any:
    return scene.served.stranger().get(path, headers={"Cookie": f"try={value}".encode("latin-1")})


def with_code(scene: Scene, code: str, path: str = "/attempt/1") -> Any:
    return scene.served.stranger().get(path, headers={"Authorization": f"Bearer {code}"})


# ---- another's page, guessed links, forged sessions


@attack
def another_students_verdict(scene):
    yield from (scene.mallory.get(path) for path in ("/attempt/1", "/attempt/1/state", "/attempt/2"))


@attack
def numbers_that_are_none(scene):
    for number in ("0", "-1", "1.0", "01", "1e0", "١", "%31%00", "9" * 40, "1;select", "../attempt/1"):
        yield scene.mallory.get(f"/attempt/{number}")


@attack
def the_instructors_page(scene):
    yield from (scene.mallory.get(path) for path in ("/class/tiny", "/class/", "/class/tiny/", "/Class/tiny"))


@attack
def no_session_at_all(scene):
    stranger = scene.served.stranger()
    yield from (
        stranger.get(path) for path in ("/", "/try/tiny", "/attempt/1", "/attempt/1/state", "/class/tiny")
    )


@attack
def a_session_sealed_with_another_key(scene):
    yield with_cookie(scene, Signer(b"guessed").signed("token"))


@attack
def a_session_without_a_seal(scene):
    yield from (with_cookie(scene, value) for value in ("token", "token.", ".", "", "token.é", "a" * 5000))


@attack
def sql_in_a_cookie_and_in_a_code(scene):
    for text in ("' OR 1=1 --", "x'; DROP TABLE serve_people; --", '" OR ""="'):
        yield with_cookie(scene, text)
        yield with_code(scene, text)


@attack
def the_hashes_of_a_stolen_database(scene):
    for (link,) in database(scene, "SELECT link FROM serve_people WHERE id = 'ada'"):
        yield with_code(scene, link)
    for (session,) in database(scene, "SELECT hash FROM serve_sessions WHERE person = 'ada'"):
        yield with_cookie(scene, session)
        yield with_cookie(scene, Signer(b"").signed(session))


@attack
def a_hundred_guessed_links(scene):
    stranger = scene.served.stranger()
    for number in range(100):
        code = hashlib.sha256(str(number).encode()).hexdigest()[:43]
        yield stranger.post("/enter", data={"code": code}, headers={"Origin": ADDRESS})


@attack
def a_cookie_kept_after_leaving(scene):
    again = scene.served.enter("mallory")
    kept = again.client.cookies["try"]
    again.post("/leave", data={"token": again.token})
    scene.mallory = scene.served.enter("mallory")
    answer = with_cookie(scene, kept, "/")
    assert answer.headers["location"] == "/enter"
    yield answer


@attack
def a_session_chosen_before_entering(scene):
    stranger = scene.served.stranger()
    stranger.cookies["try"] = "chosen.by-mallory"
    answer = stranger.post("/enter", data={"code": scene.mallory.code}, headers={"Origin": ADDRESS})
    assert "chosen" not in answer.headers["set-cookie"]
    yield answer


@attack
def calling_oneself_ada(scene):
    for headers in (
        {"X-Remote-User": "ada"},
        {"X-Forwarded-User": "ada"},
        {"Authorization": "Basic YWRhOg=="},
    ):
        yield scene.mallory.get("/attempt/1", headers=headers)
    yield scene.mallory.upload(path="/try/tiny?student=ada")


# ---- paths and names


@attack
def paths_that_lead_out(scene):
    for path in (
        "/try/..%2f..%2fserve.toml",
        "/try/%2e%2e",
        "/try/tiny%00",
        "/try/tiny%2f..",
        "/../served/key",
    ):
        yield scene.mallory.get(path)
    yield from (
        scene.mallory.get(path) for path in ("/served/key", "/static/../served/serve.db", "//served/key")
    )


@attack
def file_names_that_lead_out(scene):
    for name in (
        "../../ada.ipynb",
        "/etc/passwd",
        "..\\..\\a.ipynb",
        "a\0b.ipynb",
        "tiny.ipynb/..",
        "x" * 3000,
    ):
        yield scene.mallory.upload(filename=name)


@attack
def an_upload_to_what_is_no_assignment(scene):
    for name in ("huge", "tiny/../tiny", "tiny ", "TINY", "%00", "a" * 3000):
        yield scene.mallory.upload(path=f"/try/{name}")


@attack
def lines_in_a_path(scene):
    for answer in (scene.mallory.get("/try/x%0d%0aSet-Cookie:%20a=b"), scene.mallory.get("/enter%0d%0aX: y")):
        assert "set-cookie" not in answer.headers and "x" not in answer.headers
        yield answer


@attack
def another_host(scene):
    answer = scene.served.stranger().get(
        "/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )
    assert answer.headers["location"] == "/enter"
    yield answer


@attack
def a_redirect_to_elsewhere(scene):
    for path in ("//evil.example/enter", "/enter?next=https://evil.example", "/%2f%2fevil.example"):
        answer = scene.served.stranger().get(path)
        assert "evil" not in answer.headers.get("location", "")
        yield answer


@attack
def methods_that_are_none(scene):
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"):
        yield scene.ada.client.request(method, "/attempt/2", headers={"Origin": "https://evil.example"})


# ---- uploads


@attack
def a_zip_bomb(scene):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiny.ipynb", b"\0" * 2**24)
    answer = scene.mallory.upload(content.getvalue())
    assert answer.status_code == 415 and "zip file" in answer.text
    yield answer


@attack
def a_compressed_body(scene):
    answer = scene.mallory.upload(gzip.compress(b"\0" * 2**24))
    assert answer.status_code == 415
    yield answer
    headers = {"Authorization": f"Bearer {scene.mallory.code}", "Content-Encoding": "gzip"}
    yield scene.mallory.client.post("/try/tiny", content=gzip.compress(notebook()), headers=headers)


@attack
def what_is_no_notebook(scene):
    for start in (
        b"%PDF-1.7",
        b"\x7fELF",
        b"#!/bin/sh\nrm -rf /",
        b"\x89PNG\r\n",
        b"7z\xbc\xaf\x27\x1c",
        b"\0\0\0\0",
    ):
        yield scene.mallory.upload(start)


@attack
def a_huge_file(scene):
    answer = scene.mallory.upload(b" " * 2**20)
    assert answer.status_code == 413 and "too large" in answer.text
    yield answer


@attack
def a_huge_file_that_does_not_say_so(scene):
    headers = {"Authorization": f"Bearer {scene.mallory.code}"}
    answer = scene.mallory.client.post(
        "/try/tiny", content=(b" " * 2**16 for _ in range(32)), headers=headers
    )
    assert answer.status_code == 413
    yield answer


@attack
def lengths_that_are_none(scene):
    for length in ("-1", "1e9", "9" * 30, "0x10"):
        headers = {"Authorization": f"Bearer {scene.mallory.code}", "Content-Length": length}
        yield scene.mallory.client.post("/try/tiny", content=b"{}", headers=headers)


@attack
def nothing_uploaded(scene):
    yield scene.mallory.upload(b"")
    yield scene.mallory.upload(b" \n")
    yield scene.mallory.post("/try/tiny", data={"token": scene.mallory.token})
    yield scene.mallory.post("/try/tiny", data={"token": scene.mallory.token, "notebook": "text"})


@attack
def forms_with_too_much(scene):
    data = {"token": scene.mallory.token}
    many = [("notebook", ("tiny.ipynb", notebook())) for _ in range(20)]
    yield scene.mallory.post("/try/tiny", data=data, files=many)
    yield scene.mallory.post("/try/tiny", data={str(n): "x" for n in range(2000)}, files={"f": b"x"})
    yield scene.mallory.post("/enter", data={"code": "x" * 10**6})


@attack
def broken_forms(scene):
    kind = "multipart/form-data"
    for content_type, body in (
        (kind, b"--x\r\n"),
        (f"{kind}; boundary=x", b"--y\r\n\r\n"),
        (f"{kind}; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nz\r\n--x--"),
        (f"{kind}; boundary=x", b"--x\r\n" + b"A: b\r\n" * 5000),
        (
            f"{kind}; boundary=x; charset=rot13",
            b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nz\r\n--x--',
        ),
        (f"{kind}; boundary=" + "x" * 500, b""),
        ("text/plain", b"token=1"),
    ):
        yield scene.mallory.post("/try/tiny", content=body, headers={"Content-Type": content_type})


@attack
def notebooks_that_are_hard_to_read(scene):
    for content in (
        b"[" * 40_000,
        b'{"cells":' * 4_000,
        b'{"cells": [], "nbformat": 1e999}',
        b'{"cells": [' + b'{"cell_type": "code"},' * 2_000 + b"{}]}",
        b'"\\ud800"',
        b"\xff\xfe" + b"\xd8" * 1000,
        b'{"cells": [{"cell_type": {"a": 1}, "source": 7, "metadata": []}]}',
        b'{"nbformat": ' + b"9" * 5_000 + b"}",
    ):
        yield scene.mallory.upload(content)
        scene.served.queue.judge_next()
        yield scene.mallory.get("/try/tiny")


@attack
def markup_everywhere(scene):
    book = course.with_sources(square=f"# {MARKUP}\ndef square(x):\n    return 1")
    book["metadata"]["title"] = MARKUP
    book["cells"].insert(1, course.text(MARKUP, MARKUP))
    page = scene.mallory.try_it(json.dumps(book).encode())
    assert "&lt;script&gt;" in page and MARKUP not in page
    teacher = scene.served.enter("prof", "instructor")
    for answer in (
        teacher.get("/class/tiny"),
        scene.mallory.get("/try/tiny"),
        scene.mallory.get(f"/try/{MARKUP}"),
    ):
        assert "<script>alert" not in answer.text and "onerror=alert(1)>" not in answer.text
    scene.served.store.revoke("prof")
    yield scene.mallory.get("/try/tiny")


@attack
def the_same_upload_at_the_same_moment(scene):
    before = len(scene.served.store.attempts(student="mallory"))
    token = scene.mallory.token
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: scene.mallory.upload(notebook(), token=token), range(16)))
    mine = scene.served.store.attempts(student="mallory")[before:]
    assert len(mine) == sum(one.status_code == 303 for one in answers)
    assert sum(one.state == "waiting" for one in mine) == 1
    yield from answers


# ---- forms that another site sends


@attack
def a_form_from_nowhere(scene):
    answer = scene.ada.upload(origin=None)
    assert answer.status_code == 403
    yield answer


@attack
def a_form_from_another_site(scene):
    for origin in (
        "https://evil.example",
        "null",
        "http://testserver.evil.example",
        "https://testserver",
        "",
    ):
        answer = scene.ada.upload(origin=origin)
        assert answer.status_code == 403
        yield answer


@attack
def a_form_without_our_token(scene):
    for token in ("0", "f" * 64, scene.mallory.token, "é"):
        answer = scene.ada.upload(token=token)
        assert answer.status_code == 403
        yield answer


@attack
def making_somebody_leave(scene):
    yield scene.ada.post("/leave", origin="https://evil.example", data={"token": scene.ada.token})
    yield scene.ada.post("/leave", data={"token": scene.mallory.token})
    yield scene.ada.client.get("/leave")
    ada = scene.served.store.person_in(scene.ada.client.cookies["try"].partition(".")[0], scene.served.now)
    assert ada is not None and ada.id == "ada"


@attack
def making_somebody_enter_as_mallory(scene):
    answer = scene.ada.post("/enter", origin="https://evil.example", data={"code": scene.mallory.code})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    yield answer
    yield scene.ada.get(f"/enter?code={scene.mallory.code}")
    assert '<b class="name">ada</b>' in scene.ada.get("/try/tiny").text


@attack
def a_script_of_another_site(scene):
    answer = scene.ada.client.get("/attempt/1/state", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    preflight = scene.ada.client.options("/try/tiny", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in preflight.headers
    yield preflight


@attack
def our_pages_in_a_frame(scene):
    for path in ("/", "/enter", "/attempt/1", "/nothing", "/healthz"):
        answer = scene.ada.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
    yield scene.mallory.get("/enter")


@attack
def numbers_for_operators(scene):
    yield scene.mallory.get("/metrics")
    yield scene.mallory.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"})
    assert "ada" not in scene.mallory.get("/healthz").text


@attack
def forms_in_an_odd_encoding(scene):
    for charset, data in (
        ("undefined", b"x"),
        ("idna", b"xn--a.a"),
        ("unicode_escape", b"\\ud800"),
        ("x", b"y"),
    ):
        body = b'--B\r\nContent-Disposition: form-data; name="code"\r\n\r\n' + data + b"\r\n--B--\r\n"
        kind = f"multipart/form-data; boundary=B; charset={charset}"
        for path in ("/enter", "/leave", "/try/tiny"):
            answer = scene.mallory.client.post(
                path, content=body, headers={"Origin": ADDRESS, "Content-Type": kind}
            )
            assert answer.status_code == 400
            yield answer


@attack
def an_attempt_with_a_number_that_python_does_not_read(scene):
    for digits in ("9" * 9, "9" * 10, "9" * 4301, "-1", "1.0", "\u0661"):
        answer = scene.mallory.get(f"/attempt/{digits}")
        assert answer.status_code == 404
        yield answer


@attack
def a_cookie_of_backslashes(scene):
    """Which `http.cookies` reads in time that grows with the square of its length."""
    yield scene.mallory.get("/enter", headers={"Cookie": 'try="' + "\\" * 60_000 + '"'})


@attack
def headers_that_are_large(scene):
    yield scene.mallory.get("/", headers={"Cookie": "; ".join(f"c{n}=1" for n in range(3000))})
    yield scene.mallory.get("/", headers={"Authorization": "Bearer " + "x" * 100_000})
    yield scene.mallory.get("/?" + "a=1&" * 10_000)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gains_nothing(scene: Scene, name: str) -> None:
    before = scene.state()
    for answer in ATTACKS[name](scene):
        assert answer.status_code < 500, f"{name}: {answer.status_code}"
        assert SECRET not in answer.text and "root:" not in answer.text
    assert scene.state() == before
    assert SECRET in scene.ada.get("/attempt/1").text


def test_there_are_forty() -> None:
    assert len(ATTACKS) + 3 >= 40  # with those below


# ---- floods and slow ones, below the pages


async def ask(app: Any, path: str, receive: Callable, **options: Any) -> int:
    """The status of one answer, without a client around it."""
    statuses = []

    async def send(message: dict) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"host", b"testserver"), *options.pop("headers", [])]
    scope = {
        "type": "http", "http_version": "1.1", "scheme": "http", "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "headers": headers, "server": ("testserver", 80), "method": "GET",
        "client": ("203.0.113.9", 1), **options,
    }  # fmt: skip
    await app(scope, receive, send)
    return statuses[0]


async def nothing_more() -> dict:
    return {"type": "http.request", "body": b"", "more_body": False}


def test_ten_thousand_requests_at_once_leave_honest_students_served(served: Served) -> None:
    ada = served.enter("ada")
    cookie = [(b"cookie", f"try={ada.client.cookies['try']}".encode())]
    forged = [(b"cookie", b"try=forged.forged")]

    async def flood() -> tuple[list[int], list[int]]:
        strangers, mine = [], []
        for number in range(10_000):
            strangers.append(await ask(served.app, "/try/tiny", nothing_more, headers=forged))
            if number % 500 == 0:  # from the same address: a campus has one
                mine.append(await ask(served.app, "/try/tiny", nothing_more, headers=cookie))
        return strangers, mine

    strangers, mine = asyncio.run(flood())
    assert mine == [200] * 20
    assert strangers.count(429) > 9_000


def test_a_slow_upload_is_cut_off_and_leaves_nothing(served: Served, monkeypatch) -> None:
    monkeypatch.setattr(uploads, "SECONDS", 0.0)
    code = served.store.invite("ada", STUDENT)

    async def never() -> dict:
        await asyncio.Event().wait()
        raise AssertionError

    headers = [(b"authorization", f"Bearer {code}".encode())]
    assert asyncio.run(ask(served.app, "/try/tiny", never, method="POST", headers=headers)) == 408
    assert list(Path(served.root, "served", "incoming").iterdir()) == []
    assert served.store.attempts() == []


def test_an_upload_that_breaks_off_is_none(served: Served) -> None:
    code = served.store.invite("ada", STUDENT)
    parts = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def breaks_off() -> dict:
        return next(parts)

    headers = [(b"authorization", f"Bearer {code}".encode())]
    assert asyncio.run(ask(served.app, "/try/tiny", breaks_off, method="POST", headers=headers)) == 400
    assert served.store.attempts() == []
