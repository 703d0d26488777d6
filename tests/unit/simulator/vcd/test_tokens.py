"""API tokens from 10.3.1 on (contract section 2.4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.simulator.wire import Reply
from tests.unit.simulator.vcd.asking import Vcd

FORM = "application/x-www-form-urlencoded"
Maker = Callable[..., Vcd]


def register(vcd: Vcd, where: str, name: str = "robot") -> Reply:
    body = json.dumps({"client_name": name}).encode()
    accept = "application/json;version="
    return vcd.ask("POST", f"/oauth/{where}/register", body, accept=accept, content_type="application/json")


def grant(vcd: Vcd, where: str, **fields: str) -> tuple[int, dict[str, Any]]:
    body = urlencode(fields).encode()
    reply = vcd.ask("POST", f"/oauth/{where}/token", body, accept="application/json", content_type=FORM)
    return reply.status, json.loads(reply.body)


def api_token(vcd: Vcd, where: str) -> str:
    client = json.loads(register(vcd, where).body)["client_id"]
    fields = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "client_id": client,
        "assertion": vcd.headers["authorization"].split()[1],
    }
    status, answer = grant(vcd, where, **fields)
    assert status == 200
    assert grant(vcd, where, **fields)[1]["error"] == "invalid_grant", "the token is shown once"
    return str(answer["refresh_token"])


@pytest.mark.parametrize(
    ("user", "where", "other"),
    [
        ("administrator@system", "provider", "tenant/Tyrell"),
        ("admin@Tyrell", "tenant/tyrell", "provider"),
    ],
)
def test_an_api_token_is_exchanged_for_an_access_token(vcd: Maker, user: str, where: str, other: str) -> None:
    made = vcd("10.3.1")
    made.log_in(user)
    secret = api_token(made, where)
    made.headers = {}
    status, answer = grant(made, where, grant_type="refresh_token", refresh_token=secret)
    assert (status, answer["token_type"], answer["refresh_token"]) == (200, "Bearer", None)
    bearer = f"Bearer {answer['access_token']}"
    session = json.loads(made.get("/cloudapi/1.0.0/sessions/current", authorization=bearer).body)
    assert f"{session['user']['name']}@{session['org']['name']}".lower() == user.lower()
    query = urlencode({"grant_type": "refresh_token", "refresh_token": secret})
    assert made.ask("POST", f"/oauth/{where}/token?{query}", accept="application/json").status == 200
    assert grant(made, other, grant_type="refresh_token", refresh_token=secret)[0] == 400
    made.headers = {"authorization": bearer}
    assert made.get("/cloudapi/1.0.0/tokens").status == 403, "a session made from a token may not list tokens"
    assert register(made, where, "second").status == 403


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "wrong"}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
    ],
)
def test_bad_grants_are_400(vcd: Maker, fields: dict[str, str], error: str) -> None:
    status, answer = grant(vcd("10.5"), "provider", **fields)
    assert (status, answer["error"]) == (400, error)


def test_tokens_are_listed_filtered_and_revoked(system: Maker) -> None:
    vcd = system("10.5")
    secret = api_token(vcd, "provider")
    register(vcd, "provider", "other")
    text = "(name==robot;owner.name==administrator;(type==PROXY,type==REFRESH))"
    (found,) = json.loads(vcd.get(f"/cloudapi/1.0.0/tokens?filter={text}").body)["values"]
    assert (found["name"], found["type"], found["owner"]["name"]) == ("robot", "REFRESH", "administrator")
    assert "secret" not in json.dumps(found) and secret not in json.dumps(found)
    assert json.loads(vcd.get(f"/cloudapi/1.0.0/tokens/{found['id']}").body) == found
    assert vcd.ask("DELETE", f"/cloudapi/1.0.0/tokens/{found['id']}").status == 204
    assert vcd.get(f"/cloudapi/1.0.0/tokens/{found['id']}").status == 403
    assert grant(vcd, "provider", grant_type="refresh_token", refresh_token=secret)[0] == 400


def test_tenants_see_their_own_tokens(vcd: Maker) -> None:
    made = vcd("10.5")
    made.log_in()
    register(made, "provider")
    made.log_in("admin@Tyrell")
    register(made, "tenant/Tyrell", "mine")
    assert [one["name"] for one in json.loads(made.get("/cloudapi/1.0.0/tokens").body)["values"]] == ["mine"]
    assert register(made, "tenant/Tyrell", "mine").status == 400
    assert register(made, "provider").status == 403


def test_before_10_3_1_there_are_none(system: Maker) -> None:
    vcd = system("10.3")
    assert register(vcd, "provider").status in (404, 406)
    assert json.loads(vcd.get("/cloudapi/1.0.0/tokens").body)["values"] == [], "extensions have tokens from 10.2 on"
    assert system("10.1").get("/cloudapi/1.0.0/tokens").status == 404
