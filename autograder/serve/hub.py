"""Log-in through JupyterHub: the hub says who somebody is, by OAuth, as it does for its other services.

The hub starts the service; anyone else who starts it sets the same variables (docs/serve.md): JUPYTERHUB_API_TOKEN and
its companions. JupyterHub's own helper keeps the states and asks the hub; this file has the two steps of a browser.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

SESSION_SECONDS = 8 * 3600
"""Seconds after which the hub is asked again; people who may no longer log in there are then locked out."""


class NotAllowed(Exception):
    """The hub's answer lets nobody in; the message is one sentence."""


class Auth(Protocol):
    """The part of jupyterhub.services.auth.HubOAuth that is used here."""

    login_url: str
    access_scopes: set[str]

    def generate_pkce_code_challenge(self) -> tuple[str, str, str]: ...
    def generate_state(self, next_url: str | None = None, **extra: str) -> str: ...
    def get_code_verifier(self, state: str) -> str | None: ...
    def clear_oauth_state(self, state: str) -> None: ...
    def token_for_code(self, code: str, *, code_verifier: str | None) -> str: ...
    def user_for_token(self, token: str) -> dict[str, Any] | None: ...
    def check_scopes(self, required: set[str], user: dict[str, Any]) -> set[str]: ...


class Hub:
    """The hub that this service belongs to."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> Hub | None:
        """None if the service runs without a hub."""
        if not environment.get("JUPYTERHUB_API_TOKEN"):
            return None
        from jupyterhub.services.auth import HubOAuth  # only if there is a hub

        return cls(HubOAuth())

    def begin(self) -> tuple[str, str]:
        """Where the browser goes to log in, and the state that it brings back, in a cookie and in the address."""
        verifier, challenge, method = self._auth.generate_pkce_code_challenge()
        state = self._auth.generate_state(code_verifier=verifier)
        more = urlencode({"state": state, "code_challenge": challenge, "code_challenge_method": method})
        return f"{self._auth.login_url}&{more}", state

    def end(self, code: str, state: str, cookie: str) -> str:
        """The name of the account that has logged in. Raises NotAllowed."""
        if not (state and cookie and hmac.compare_digest(state.encode(), cookie.encode())):
            raise NotAllowed("This login was not begun in this browser, or too long ago: try again.")
        verifier = self._auth.get_code_verifier(state)
        if verifier is None:  # used before, or forged
            raise NotAllowed("This login was not begun in this browser, or too long ago: try again.")
        self._auth.clear_oauth_state(state)
        token = self._auth.token_for_code(code, code_verifier=verifier)
        user = self._auth.user_for_token(token)
        if not user or not self._auth.check_scopes(self._auth.access_scopes, user):
            raise NotAllowed("Your account on the hub may not use this service: ask your instructor.")
        return user["name"]
