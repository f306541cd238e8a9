"""What every request passes first: limits on rate and size, and the headers that a browser obeys.

Plain ASGI, so that a flood takes little time: a request that is refused here has not opened the database.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograder.serve.metrics import Metrics

_KNOWN = 20_000
"""Clients that are remembered; each takes some 200 bytes."""


class Buckets:
    """Allows each client so many requests a second, and a burst of them at once."""

    def __init__(self, a_second: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = a_second, burst, clock
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, client: str) -> float:
        """0.0 if the request may pass."""
        now = self._clock()
        left, before = self._clients.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - before) * self._rate)
        passes = left >= 1
        self._clients[client] = (left - passes, now)
        if len(self._clients) > _KNOWN:
            self._clients.popitem(last=False)
        return 0.0 if passes else (1 - left) / self._rate


class Signer:
    """Tells our own cookies from forged ones without the database, and makes the tokens of forms."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def signed(self, token: str) -> str:
        return f"{token}.{self._mac('session', token)}"

    def verified(self, cookie: str) -> str | None:
        """The token of a cookie that we made."""
        token, _, mac = cookie.partition(".")
        return token if hmac.compare_digest(mac.encode(), self._mac("session", token).encode()) else None

    def form_token(self, session: str) -> str:
        return self._mac("form", session)

    def is_form_token(self, text: str, session: str) -> bool:
        return hmac.compare_digest(text.encode(), self.form_token(session).encode())

    def _mac(self, what: str, text: str) -> str:
        return hmac.new(self._key, f"{what}:{text}".encode(), hashlib.sha256).hexdigest()


class TooLarge(Exception):
    """More data came than is allowed."""


class TooSlow(Exception):
    """The data did not come in time."""


def limited(receive: Receive, most: int, seconds: float) -> Receive:
    """`receive` for a body of at most `most` bytes, all within `seconds` seconds."""
    end = asyncio.get_running_loop().time() + seconds
    came = 0

    async def receive_some() -> Message:
        nonlocal came
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        came += len(message.get("body", b""))
        if came > most:
            raise TooLarge
        return message

    return receive_some


class Middleware:
    """Rates, headers and counts around the application."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        session_of: Callable[[Headers], str | None],
        headers: dict[str, str],
        strangers: Buckets,
        members: Buckets,
    ) -> None:
        """Args:
        session_of: the session of a request, if its cookie is one of ours.
        strangers: limits for requests without a session, by address, which a whole campus may share.
        members: limits for requests with a session.
        """
        self._app, self._metrics, self._session_of = app, metrics, session_of
        self._headers, self._strangers, self._members = headers, strangers, members

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                self._metrics.requests.labels(str(message["status"])).inc()
            await send(message)

        session = self._session_of(Headers(scope=scope))
        if session is not None:
            seconds = self._members.seconds_to_wait(session)
        else:
            seconds = self._strangers.seconds_to_wait(_client(scope))
        if seconds:
            self._metrics.refused.labels("rate").inc()
            answer = PlainTextResponse(
                "Too many requests: wait a moment.\n", 429, {"Retry-After": str(int(seconds) + 1)}
            )
            await answer(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def headers_of_answers(script_hash: str, is_https: bool) -> dict[str, str]:
    """Headers that browsers obey; `script_hash` names the only script that runs on our pages."""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src '{script_hash}'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # not "no-referrer": with that, browsers send no Origin with a form, and we could not recognise our own forms
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    if is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def _client(scope: Scope) -> str:
    """The address, or for IPv6 its network, since one machine can have any number of IPv6 addresses."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address: Any = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((host, 64), strict=False)) if address.version == 6 else host


def is_loopback(scope: Scope) -> bool:
    try:
        return ipaddress.ip_address((scope.get("client") or ("", 0))[0]).is_loopback
    except ValueError:
        return False
