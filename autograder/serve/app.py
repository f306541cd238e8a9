"""The pages of the service: enter, upload, wait, read the verdict, try again; for the instructor, all attempts.

A browser has a session cookie; a notebook sends the code of its student's personal link as a bearer token. Anything
that is not this person's own is answered as if it did not exist.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from autograder.batch.submitted import is_no_folder_name
from autograder.gradebook.class_marks import Graded
from autograder.gradebook.dates import shown
from autograder.gradebook.marks import mark_of_report
from autograder.grading.report import Report, number
from autograder.pages.write import facts_for_student, template
from autograder.serve.attempts import attempts_page
from autograder.serve.grading_queue import GradingQueue, Refused
from autograder.serve.hub import SESSION_SECONDS, Hub, NotAllowed
from autograder.serve.metrics import Metrics
from autograder.serve.middleware import (
    Buckets,
    Middleware,
    Signer,
    TooLarge,
    TooSlow,
    headers_of_answers,
    is_loopback,
)
from autograder.serve.redact import LATER, OUTCOME_WORDS, as_text, is_silent, redacted
from autograder.serve.rules import Rules, duration, in_words
from autograder.serve.rules_file import RulesFile
from autograder.serve.store import (
    DONE,
    FOLDER,
    INSTRUCTOR,
    LINK_SECONDS,
    LOST,
    REPLACED,
    RUNNING,
    STUDENT,
    UNREADABLE,
    WAITING,
    Attempt,
    Person,
    Store,
)
from autograder.serve.uploads import Body, Uploads, read_form

TEMPLATES = Path(__file__).resolve().parent / "templates"
INCOMING = "incoming"
_WORDS = {
    WAITING: "waiting",
    RUNNING: "being graded",
    REPLACED: "replaced by a newer upload",
    UNREADABLE: "could not be read",
    LOST: "could not be graded",
}
_WITH_VERDICT = (DONE, UNREADABLE)
_SENTENCES = {
    RUNNING: "Your notebook is being graded.",
    REPLACED: "You uploaded a newer notebook before this one was graded. It doesn't count as an attempt.",
    LOST: "This notebook could not be graded because of a bug in the grader. It doesn't count as an attempt, "
    "and your instructor has been notified.",
}

_RESTART = (
    "The grading code has changed since this service was started: restart it, so that all of it is in use."
)


class Service:
    """The application around one queue."""

    def __init__(
        self,
        root: Path,
        store: Store,
        queue: GradingQueue,
        rules: RulesFile,
        metrics: Metrics,
        key: bytes,
        hub: Hub | None = None,
    ) -> None:
        """`key`: the secret of this course's service, for cookies and forms."""
        self._hub = hub
        self._store, self._queue, self._rules, self._metrics = store, queue, rules, metrics
        self._signer = Signer(key)
        self._uploads = Uploads(root / FOLDER / INCOMING)
        course = rules()
        self._path, self._is_https = course.path, course.is_https
        secure = "__Secure-" if self._path else "__Host-"
        self._cookie = f"{secure if self._is_https else ''}try"

    def app(self, strangers: Buckets | None = None, members: Buckets | None = None) -> ASGIApp:
        pages: list[BaseRoute] = [
            Route("/", self._home),
            Route("/enter", self._enter_page),
            Route("/enter", self._enter, methods=["POST"]),
            Route("/leave", self._leave, methods=["POST"]),
            *self._of_hub(),
            Route("/try/{assignment}", self._try_page),
            Route("/try/{assignment}", self._upload, methods=["POST"]),
            Route("/attempt/{number}", self._attempt_page),
            Route("/attempt/{number}/state", self._state),
            Route("/class/{assignment}", self._class_page),
        ]
        operators: list[BaseRoute] = [Route("/healthz", self._health), Route("/metrics", self._numbers)]
        routes = [*operators, Mount(self._path, routes=pages)] if self._path else [*operators, *pages]
        app = Starlette(
            routes=routes,
            lifespan=self._lifespan,
            exception_handlers={
                HTTPException: self._sorry,
                TooLarge: lambda request, _: self._sorry(request, HTTPException(413)),
                TooSlow: lambda request, _: self._sorry(request, HTTPException(408)),
                Exception: self._our_fault,
            },
        )
        return Middleware(
            app,
            self._metrics,
            self._session_of,
            headers_of_answers(_scripted()["script_hash"], self._is_https),
            strangers or Buckets(a_second=50, burst=200),
            members or Buckets(a_second=10, burst=60),
        )

    def _of_hub(self) -> list[BaseRoute]:
        if self._hub is None:
            return []
        return [Route("/login", self._hub_login), Route("/oauth_callback", self._hub_callback)]

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._queue.start()
        yield
        await run_in_threadpool(self._queue.stop)

    # ---- who it is

    def _session_of(self, headers: Headers) -> str | None:
        return self._signer.verified(_cookie(headers, self._cookie))

    def _code_of(self, request: Request) -> str | None:
        scheme, _, code = request.headers.get("authorization", "").partition(" ")
        return code.strip() if scheme.lower() in ("bearer", "token") else None

    def _person(self, request: Request) -> Person | None:
        code = self._code_of(request)
        if code is not None:
            return self._store.person_with(code)
        session = self._session_of(request.headers)
        return self._store.person_in(session, self._queue.clock()) if session else None

    def _known(self, request: Request) -> Person:
        """Raises HTTPException if nobody has entered."""
        person = self._person(request)
        if person is None:
            raise HTTPException(401)
        return person

    def _student(self, request: Request) -> Person:
        """Raises HTTPException if nobody has entered, and for the instructor, who submits nothing."""
        person = self._known(request)
        if person.is_instructor:
            raise HTTPException(
                403, "You entered as the instructor: with a student's link you can try a notebook."
            )
        return person

    def _rules_of(self, name: str) -> Rules:
        rules = self._rules().rules.get(name)
        if rules is None:
            raise HTTPException(404)
        return rules

    def _refuse_foreign(self, request: Request) -> None:
        """Refuses a form that another site made the browser send. Every browser says where a form comes from."""
        origin = self._rules().origin
        if request.headers.get("origin", "").lower() != origin:
            raise HTTPException(
                403, f"This form was not sent by our page: open {origin}{self._path}/ and try again."
            )

    # ---- pages

    def _home(self, request: Request) -> Response:
        person = self._known(request)
        if person.is_instructor:
            return RedirectResponse(f"{self._path}/class/{next(iter(self._rules().rules))}", 303)
        rows = []
        for name in self._rules().rules:
            permission = self._queue.permission(person.id, name)
            words = "You can try now." if permission.allowed else permission.sentence
            rows.append({"name": name, "attempts": len(self._store.counted(person.id, name)), "now": words})
        return self._page("home.html", request, person, assignments=rows)

    def _enter_page(self, request: Request) -> Response:
        return self._page("enter.html", request, None, problem="", hub=self._hub)

    async def _enter(self, request: Request) -> Response:
        self._refuse_foreign(request)
        form = await read_form(request)
        code = str(form.get("code", "")).strip().rpartition("#")[2]  # the code, or the whole link
        person = await run_in_threadpool(self._store.person_with, code)
        if person is None:
            self._metrics.refused.labels("link").inc()
            problem = "This link is not valid, or no longer: open the one in your last message, or ask your instructor."
            return self._page("enter.html", request, None, 403, problem=problem, hub=self._hub)
        return await run_in_threadpool(self._let_in, person.id, LINK_SECONDS)

    def _let_in(self, person: str, seconds: float) -> Response:
        """Starts a session and redirects to the first page."""
        answer = RedirectResponse(f"{self._path}/", 303)
        token = self._store.open_session(person, self._queue.clock(), seconds)
        self._set_cookie(answer, self._cookie, self._signer.signed(token))
        return answer

    def _set_cookie(self, answer: Response, name: str, value: str) -> None:
        path = self._path or "/"
        answer.set_cookie(name, value, path=path, secure=self._is_https, httponly=True, samesite="lax")

    def _hub_login(self, _: Request) -> Response:
        assert self._hub is not None
        address, state = self._hub.begin()
        answer = RedirectResponse(address, 303)
        self._set_cookie(answer, f"{self._cookie}-state", state)
        return answer

    def _hub_callback(self, request: Request) -> Response:
        assert self._hub is not None
        cookie = _cookie(request.headers, f"{self._cookie}-state")
        facts = request.query_params
        try:
            name = self._hub.end(facts.get("code", ""), facts.get("state", ""), cookie)
            if is_no_folder_name(name):
                raise NotAllowed("Your account's name cannot be the name of a folder: ask your instructor.")
        except NotAllowed as error:
            raise HTTPException(403, str(error)) from None
        self._store.admit(name, INSTRUCTOR if name in self._rules().instructors else STUDENT)
        answer = self._let_in(name, SESSION_SECONDS)
        answer.delete_cookie(
            f"{self._cookie}-state", path=self._path or "/", secure=self._is_https, httponly=True
        )
        return answer

    async def _leave(self, request: Request) -> Response:
        self._refuse_foreign(request)
        session = self._session_of(request.headers)
        form = await read_form(request)
        if session is None or not self._signer.is_form_token(str(form.get("token", "")), session):
            raise HTTPException(403, "This form was not sent by our page: open it again.")
        await run_in_threadpool(self._store.close_session, session)
        answer = RedirectResponse(f"{self._path}/enter", 303)
        answer.delete_cookie(self._cookie, path=self._path or "/", secure=self._is_https, httponly=True)
        return answer

    def _try_page(self, request: Request) -> Response:
        return self._try(request, self._student(request))

    def _try(self, request: Request, person: Person, status: int = 200, problem: str = "") -> Response:
        name = request.path_params["assignment"]
        rules = self._rules_of(name)
        mine = self._store.attempts(name, person.id)
        rows = [
            {
                "number": one.number,
                "place": place,
                "received": _when(one.received, rules),
                "words": self._words(one, rules),
            }
            for place, one in enumerate(mine, start=1)
        ]
        return self._page(
            "try.html",
            request,
            person,
            status,
            assignment=name,
            permission=self._queue.permission(person.id, name),
            problem=problem,
            waiting=any(one.state == WAITING for one in mine),
            rules=in_words(self._rules.of(person.id, name)),
            attempts=rows[::-1],
        )

    def _words(self, attempt: Attempt, rules: Rules) -> str:
        report = _redacted(attempt, rules)
        if report is None or attempt.state != DONE:
            return _WORDS[attempt.state]
        return f"{number(report.score)} of {number(report.max_score)} points"

    def _mine(self, request: Request) -> tuple[Person, Attempt, Rules]:
        """The requested attempt, if it is this person's own. Raises HTTPException."""
        person = self._known(request)
        digits = request.path_params["number"]
        attempt = self._store.attempt(int(digits)) if re.fullmatch("[0-9]{1,9}", digits) else None
        if attempt is None or not (person.id == attempt.student or person.is_instructor):
            raise HTTPException(404)
        return person, attempt, Rules() if person.is_instructor else self._rules_of(attempt.assignment)

    def _attempt_page(self, request: Request) -> Response:
        person, attempt, rules = self._mine(request)
        place = self._store.place(attempt)
        facts = {"place": place, "received": _when(attempt.received, rules)}
        report = _redacted(attempt, rules)
        if report is None or attempt.state not in _WITH_VERDICT:
            sentence, _ = self._progress(attempt)
            return self._page("attempt.html", request, person, attempt=attempt, sentence=sentence, **facts)
        made = _when(attempt.ended or attempt.received, rules)
        shown_facts = facts_for_student(Graded(mark_of_report(report), report), None, made)
        silent = {name for name, task in report.tasks.items() if is_silent(task)}
        shown_facts["reasons"] = {
            name: _with_later(reason) if name in silent else reason
            for name, reason in shown_facts["reasons"].items()
        }
        shown_facts["outcomes"] = OUTCOME_WORDS
        text = template("verdict.html", TEMPLATES).render(
            shown_facts, path=self._path, person=person, some_silent=bool(silent), **facts
        )
        return HTMLResponse(text)

    def _state(self, request: Request) -> Response:
        """The state of an attempt, for the page's script and for a notebook that waits below its last cell."""
        _, attempt, rules = self._mine(request)
        sentence, seconds = self._progress(attempt)
        content = {"state": attempt.state, "sentence": sentence, "seconds": seconds}
        report = _redacted(attempt, rules)
        if not attempt.is_open:  # whoever waits for `text` reads why there is no verdict
            has_verdict = report is not None and attempt.state in _WITH_VERDICT
            text = as_text(report) if has_verdict else sentence
            content |= {"text": text, "page": f"{self._rules().address}/attempt/{attempt.number}"}
        return JSONResponse(content)

    def _progress(self, attempt: Attempt) -> tuple[str, float]:
        """What is happening to it now, and after how many seconds to ask again."""
        if attempt.state != WAITING:
            return _SENTENCES.get(attempt.state, "Graded."), 1.0
        if self._queue.is_stopped(attempt.assignment):
            return "Your notebook is kept. Grading has stopped for the moment, and goes on by itself.", 20.0
        before, seconds = self._queue.place(attempt)
        ahead = "Your notebook is next." if not before else f"{before} ahead of yours in the queue."
        if before == 1:
            ahead = "One notebook is ahead of yours in the queue."
        return f"{ahead} The verdict comes in about {duration(seconds)}.", min(15.0, max(1.0, seconds / 4))

    def _class_page(self, request: Request) -> Response:
        person = self._known(request)
        if not person.is_instructor:
            raise HTTPException(404)
        name = request.path_params["assignment"]
        rules = self._rules_of(name)
        others = [(one, f"{self._path}/class/{one}") for one in self._rules().rules]
        attempts = self._store.attempts(name, reports=False)
        notice = _RESTART if self._queue.is_outdated() else ""
        text = attempts_page(
            name, attempts, in_words(rules), _now(), others, f"{self._path}/attempt/", notice
        )
        return HTMLResponse(text)

    # ---- uploads

    async def _upload(self, request: Request) -> Response:
        """The notebook as a form of the page, or as the body of a request with a bearer token."""
        person = await run_in_threadpool(self._student, request)
        name = request.path_params["assignment"]
        rules = self._rules_of(name)
        is_form = self._code_of(request) is None
        if is_form:
            self._refuse_foreign(request)
        session = self._session_of(request.headers) or ""
        is_ours = functools.partial(self._signer.is_form_token, session=session) if is_form else None
        upload = self._uploads.new()
        body = Body(request.receive)
        request = Request(request.scope, body)
        try:
            await run_in_threadpool(self._queue.refuse_by_rules, person.id, name)  # before it is read
            await self._uploads.receive(request, person.id, rules.largest_notebook_mb, upload, is_ours)
            attempt = await run_in_threadpool(self._queue.accept, person.id, name, upload)
        except Refused as refused:
            self._metrics.refused.labels(refused.why).inc()
            if refused.why != "slow":
                await body.discard()
            answer = await run_in_threadpool(self._refusal, request, person, refused, is_form)
            if not body.has_ended:
                answer.headers["Connection"] = "close"
            return answer
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            upload.unlink(missing_ok=True)
        place = f"/attempt/{attempt.number}"
        if is_form:
            return RedirectResponse(self._path + place, 303)
        address = self._rules().address.rstrip("/") + place
        return JSONResponse({"page": address, "state": f"{address}/state"}, 202)

    def _refusal(self, request: Request, person: Person, refused: Refused, is_form: bool) -> Response:
        if is_form:
            answer = self._try(request, person, refused.status, str(refused))
        else:
            answer = JSONResponse({"sentence": str(refused)}, refused.status)
        if refused.seconds is not None:
            answer.headers["Retry-After"] = str(int(refused.seconds) + 1)
        return answer

    # ---- operators

    def _health(self, _: Request) -> Response:
        try:
            states = self._store.states()
        except Exception as error:  # any problem of the database: the operator reads its kind
            return JSONResponse({"ok": False, "problem": f"the database: {type(error).__name__}"}, 503)
        content = {"ok": self._queue.is_working(), "waiting": states[WAITING], "running": states[RUNNING]}
        if self._queue.problem:
            content["problem"] = "no judge can work: see the log"
        elif self._queue.broken:
            content["problem"] = f"no judge takes {', '.join(sorted(self._queue.broken))}: see the log"
        return JSONResponse(content, 200 if content["ok"] else 503)

    def _numbers(self, request: Request) -> Response:
        if not is_loopback(request.scope):  # the class's numbers are only for this machine
            raise HTTPException(404)
        return PlainTextResponse(self._metrics.text(), media_type="text/plain; version=0.0.4")

    # ---- answers

    def _page(
        self, name: str, request: Request, person: Person | None, status: int = 200, **facts: Any
    ) -> HTMLResponse:
        session = self._session_of(request.headers)
        text = template(name, TEMPLATES).render(
            _scripted(),
            path=self._path,
            person=person,
            token=self._signer.form_token(session) if session else "",
            **facts,
        )
        return HTMLResponse(text, status)

    def _sorry(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        sentences = {
            401: "Open your personal link to enter.",
            404: "There is no such page, or it is not yours.",
            405: "This page doesn't take that.",
        }
        detail = error.detail if error.status_code in (403,) else "This could not be understood."
        sentence = sentences.get(error.status_code, detail)
        if self._code_of(request) is not None or "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"sentence": sentence}, error.status_code, headers=error.headers)
        if error.status_code == 401:
            return RedirectResponse(f"{self._path}/enter", 303)
        titles = {404: "Not found"}
        title = titles.get(error.status_code, "Not possible")
        return self._page("sorry.html", request, None, error.status_code, title=title, sentence=sentence)

    def _our_fault(self, request: Request, _: Exception) -> Response:
        sentence = "This went wrong because of a bug in the service. What you uploaded before is kept: try again later."
        return self._page("sorry.html", request, None, 500, title="Not possible", sentence=sentence)


def _cookie(headers: Headers, name: str) -> str:
    """The cookie's value, or "". Our own need no unquoting, for which `http.cookies` may take quadratic time."""
    for cookie in headers.get("cookie", "").split(";"):
        key, _, value = cookie.partition("=")
        if key.strip() == name:
            return value.strip()
    return ""


def _redacted(attempt: Attempt, rules: Rules) -> Report | None:
    """What may be shown of a verdict; None if there is none yet."""
    return redacted(Report.from_json(json.loads(attempt.report)), rules) if attempt.report else None


def _with_later(reason: str) -> str:
    """The reason for a task's points, if some of its tests are not shown."""
    first = reason.partition(";")[0]
    return (
        f"{first}; the rest is {LATER}"
        if "hidden tests pass" in first and not first.startswith("0 ")
        else LATER
    )


def _when(seconds: float, rules: Rules) -> str:
    """The time, in the time zone of the deadline."""
    zone = rules.closes.tzinfo if rules.closes is not None else UTC
    return shown(datetime.fromtimestamp(seconds, zone))


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


@functools.cache
def _scripted() -> dict[str, Any]:
    """The one script of these pages, and its hash for their policy."""
    script = (TEMPLATES / "serve.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"script": Markup(script), "script_hash": f"sha256-{digest}"}
