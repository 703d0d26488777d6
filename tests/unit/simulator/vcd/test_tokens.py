"""API tokens from 10.3.1 on (contract section 2.4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.simulator.wire import Reply
from tests.simulator.world import User
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


def test_a_user_without_the_right_manages_no_tokens(vcd: Maker) -> None:
    made = vcd("10.5")
    made.service.site_state.add_user(User("leon", "Tyrell", "Lab-Only-2", "vApp User"))
    made.log_in("leon@Tyrell", "Lab-Only-2")
    assert register(made, "tenant/Tyrell").status == 403
    assert made.get("/cloudapi/1.0.0/tokens").status == 403


def test_a_session_made_from_a_token_manages_nobody(system: Maker) -> None:
    vcd = system("10.5")
    secret = api_token(vcd, "provider")
    vcd.headers = {}
    _status, answer = grant(vcd, "provider", grant_type="refresh_token", refresh_token=secret)
    vcd.headers = {"authorization": f"Bearer {answer['access_token']}", "content-type": "application/json"}
    assert vcd.get("/cloudapi/1.0.0/users").status == vcd.get("/cloudapi/1.0.0/rightsBundles").status == 200
    for kind in ("users", "roles", "globalRoles", "rightsBundles"):
        assert vcd.ask("POST", f"/cloudapi/1.0.0/{kind}", b'{"name": "x"}').status == 403, kind


def account(vcd: Vcd, where: str, **more: str) -> Reply:
    body = {"client_name": "backup", "software_id": "42", "scope": "urn:vcloud:role:vApp%20Author", **more}
    accept = "application/json;version="
    return vcd.ask(
        "POST", f"/oauth/{where}/register", json.dumps(body).encode(), accept=accept, content_type="application/json"
    )


def test_a_service_account_is_let_in_and_changes_its_token_at_every_use(vcd: Maker) -> None:
    made = vcd("10.4")
    made.log_in("admin@Tyrell")
    where = "tenant/Tyrell"
    client = json.loads(account(made, where).body)["client_id"]
    path = f"/cloudapi/1.0.0/serviceAccounts/urn:vcloud:serviceAccount:{client}"

    def status() -> str:
        found = json.loads(made.get(path).body)
        assert (found["role"]["name"], found["org"]["name"], found["softwareId"]) == ("vApp Author", "Tyrell", "42")
        return str(found["status"])

    assert status() == "CREATED"
    asked = made.ask(
        "POST", f"/oauth/{where}/device_authorization", urlencode({"client_id": client}).encode(), content_type=FORM
    )
    codes = json.loads(asked.body)
    fields = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": client,
        "device_code": codes["device_code"],
    }
    assert status() == "REQUESTED" and grant(made, where, **fields)[1]["error"] == "authorization_pending"
    body = json.dumps({"userCode": codes["user_code"]}).encode()
    lookup = "/cloudapi/1.0.0/deviceLookup/grant"
    assert made.ask("POST", lookup, b'{"userCode": "no"}', content_type="application/json").status == 404
    assert made.ask("POST", lookup, body, content_type="application/json").status == 204
    assert status() == "GRANTED"
    first = grant(made, where, **fields)[1]["refresh_token"]
    assert status() == "ACTIVE" and grant(made, where, **fields)[0] == 400
    code, second = grant(made, where, grant_type="refresh_token", refresh_token=first)
    assert code == 200 and second["refresh_token"] not in (None, first)
    assert grant(made, where, grant_type="refresh_token", refresh_token=first)[1]["error"] == "invalid_grant"
    bearer = f"Bearer {second['access_token']}"
    session = json.loads(made.get("/cloudapi/1.0.0/sessions/current", authorization=bearer).body)
    assert (session["user"]["name"], session["roles"]) == ("backup", ["vApp Author"])
    listed = json.loads(made.get("/cloudapi/1.0.0/serviceAccounts?filter=name==backup&pageSize=32").body)
    assert listed["resultTotal"] == 1 and made.get("/cloudapi/1.0.0/serviceAccounts?pageSize=33").status == 400
    assert made.ask("POST", f"{path}/revoke").status == 204 and status() == "CREATED"
    assert made.get("/cloudapi/1.0.0/sessions/current", authorization=bearer).status == 401
    assert grant(made, where, grant_type="refresh_token", refresh_token=second["refresh_token"])[0] == 400
    assert made.ask("DELETE", path).status == 202
    made.world.advance(1)
    assert made.get(path).status == 403


def test_service_accounts_need_a_role_a_right_and_10_4(vcd: Maker) -> None:
    made = vcd("10.4")
    made.log_in("admin@Tyrell")
    assert account(made, "tenant/Tyrell", scope="urn:vcloud:role:Nobody").status == 400
    assert account(made, "provider").status == 403
    made.service.site_state.add_user(User("leon", "Tyrell", "Lab-Only-2", "vApp User"))
    made.log_in("leon@Tyrell", "Lab-Only-2")
    assert account(made, "tenant/Tyrell").status == 403
    assert made.get("/cloudapi/1.0.0/serviceAccounts").status == 403
    older = vcd("10.3.3")
    older.log_in()
    assert older.get("/cloudapi/1.0.0/serviceAccounts").status == 404


def test_a_token_goes_with_its_user_and_with_its_organization(vcd: Maker) -> None:
    made = vcd("10.5")
    made.service.site_state.add_user(User("leon", "Tyrell", "Lab-Only-2", "vApp Author"))
    made.log_in("leon@Tyrell", "Lab-Only-2")
    secret = api_token(made, "tenant/Tyrell")
    leon = json.loads(made.get("/cloudapi/1.0.0/sessions/current").body)["user"]["id"]
    made.log_in("admin@Tyrell")
    register(made, "tenant/Tyrell", "other")
    assert made.ask("DELETE", f"/cloudapi/1.0.0/users/{leon}").status == 202
    made.world.advance(1)
    made.service.site_state.add_user(User("leon", "Tyrell", "Lab-Only-2", "vApp Author"))
    assert grant(made, "tenant/Tyrell", grant_type="refresh_token", refresh_token=secret)[0] == 400
    made.log_in()
    assert json.loads(made.get("/cloudapi/1.0.0/tokens").body)["resultTotal"] == 1
    made.service.site_state.remove_organization("Tyrell")
    assert json.loads(made.get("/cloudapi/1.0.0/tokens").body)["resultTotal"] == 0
