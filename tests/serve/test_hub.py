"""Under JupyterHub: whom the hub's answer lets in, and in which role."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from autograder.serve.hub import Hub
from tests.serve.conftest import EASY, Served, make_served


@dataclass
class MadeUpAuth:
    """A hub in which the account `name` has logged in."""

    name: str = "ada"
    scopes: set[str] = field(default_factory=lambda: {"access:services"})
    states: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    login_url: str = "/hub/api/oauth2/authorize?client_id=service-try"
    access_scopes: set[str] = field(default_factory=lambda: {"access:services"})

    def generate_pkce_code_challenge(self) -> tuple[str, str, str]:
        return "verifier", "challenge", "S256"

    def generate_state(self, next_url: str | None = None, **extra: str) -> str:
        self.states["state"] = extra["code_verifier"]
        return "state"

    def get_code_verifier(self, state: str) -> str | None:
        return self.states.get(state)

    def clear_oauth_state(self, state: str) -> None:
        del self.states[state]

    def token_for_code(self, code: str, *, code_verifier: str | None) -> str:
        self.asked.append((code, code_verifier))
        return "token"

    def user_for_token(self, token: str) -> dict[str, Any]:
        return {"name": self.name}

    def check_scopes(self, required: set[str], user: dict[str, Any]) -> set[str]:
        return required & self.scopes


def served_under(root: Path, auth: MadeUpAuth) -> Served:
    return make_served(root, EASY + 'instructors = ["grace"]\n', hub=Hub(auth))


def enter(served: Served, query: str = "code=c&state=state") -> Any:
    client = served.stranger()
    began = client.get("/login")
    assert began.headers["location"].endswith(
        "state=state&code_challenge=challenge&code_challenge_method=S256"
    )
    assert "HttpOnly" in began.headers["set-cookie"]
    return client, client.get(f"/oauth_callback?{query}")


@pytest.mark.parametrize(("name", "there"), [("ada", "Try my notebook"), ("grace", "tiny: attempts")])
def test_who_has_logged_in_is_in(root: Path, name: str, there: str) -> None:
    auth = MadeUpAuth(name)
    client, answer = enter(served_under(root, auth))
    assert answer.headers["location"] == "/"
    assert f"<h1>{there}</h1>" in client.get("/", follow_redirects=True).text
    assert auth.asked == [("c", "verifier")] and auth.states == {}


@pytest.mark.parametrize(
    ("auth", "query"),
    [
        (MadeUpAuth(scopes=set()), "code=c&state=state"),
        (MadeUpAuth(name="../ada"), "code=c&state=state"),
        (MadeUpAuth(), "code=c&state=another"),
        (MadeUpAuth(), "code=c"),
        (MadeUpAuth(), ""),
    ],
)
def test_anybody_else_stays_out(root: Path, auth: MadeUpAuth, query: str) -> None:
    client, answer = enter(served_under(root, auth), query)
    assert answer.status_code == 403
    assert client.get("/").headers["location"] == "/enter"


def test_a_login_of_another_browser_and_one_that_was_used_are_refused(root: Path) -> None:
    served = served_under(root, MadeUpAuth())
    client, _ = enter(served)
    assert served.stranger().get("/oauth_callback?code=c&state=state").status_code == 403
    client.cookies["try-state"] = "state"
    assert client.get("/oauth_callback?code=c&state=state").status_code == 403


def test_who_was_revoked_stays_out_of_the_hub_as_well(root: Path) -> None:
    served = served_under(root, MadeUpAuth())
    client, _ = enter(served)
    served.store.revoke("ada")
    client, _ = enter(served)
    assert client.get("/").headers["location"] == "/enter"


def test_the_page_offers_the_hub_where_there_is_one(root: Path) -> None:
    assert "JupyterHub" in served_under(root, MadeUpAuth()).stranger().get("/enter").text
    alone = make_served(root)
    assert "JupyterHub" not in alone.stranger().get("/enter").text
    assert alone.stranger().get("/login").status_code == 404
