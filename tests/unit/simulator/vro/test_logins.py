"""The ways to log in to an orchestrator, who may do what, and what a refusal looks like (contract sections 1 and 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.estate import BadEstate
from tests.simulator.wire import Request
from tests.unit.simulator.vro.asking import HOST, MODERN, PASSWORD, VERSIONS, Vro, basic

Make = Callable[..., Vro]


@pytest.mark.parametrize("version", VERSIONS)
def test_who_one_is(vro: Make, version: str) -> None:
    assert vro(version).get("users")["admin-rights"] is True
    assert vro(version).get("users/?unknown=1") == vro(version).get("users")
    told = vro(version, "operator").get("users")
    assert told["admin-rights"] is False and set(told) == {"admin-rights", "solution-user", "member-groups"}


@pytest.mark.parametrize("name", ["administrator@vsphere.local", "administrator", "VSPHERE.LOCAL\\Administrator"])
def test_basic_takes_a_user_in_three_spellings(vro: Make, name: str) -> None:
    asked = vro("7.6")
    assert asked.ask("GET", "users", authorization=basic(name)).status == 200
    assert asked.ask("GET", "users", authorization=basic(name, "wrong")).status == 401
    assert asked.ask("GET", "users", authorization=basic("administrator@other.local")).status == 401


def test_what_a_401_looks_like(vro: Make) -> None:
    old, aria, vcf = (vro(version).ask("GET", "users", authorization="") for version in ("7.3", "8.18", "9.1"))
    assert [one.status for one in (old, aria, vcf)] == [401, 401, 401]
    assert str(old.header("WWW-Authenticate")).startswith('Basic realm="')
    assert str(old.header("content-type")).startswith("text/html")
    assert aria.header("WWW-Authenticate") == "Bearer" and aria.document()["status"] == 401
    assert vcf.header("WWW-Authenticate") is None and vcf.body == b""


def test_8_18_refuses_basic_and_a_standalone_one_takes_it(vro: Make) -> None:
    embedded = vro("8.18")
    reply = embedded.ask("GET", "users", authorization=basic("admin"))
    assert (reply.status, reply.header("WWW-Authenticate")) == (401, "Bearer")
    alone = vro("8.18", vro={"authentication": "basic", "user": "root@local"})
    assert alone.get("users")["admin-rights"] is True
    assert alone.post("/csp/gateway/am/api/login?access_token", {}).status == 404
    with pytest.raises(BadEstate, match="authentication of a vRO is basic"):
        vro("8.18", vro={"authentication": "ldap"})


@pytest.mark.parametrize(
    ("query", "key"), [("?access_token", "refresh_token"), ("?access_token=", "cspAuthToken"), ("", "cspAuthToken")]
)
def test_only_the_bare_word_brings_a_refresh_token(vro: Make, query: str, key: str) -> None:
    asked = vro("8.18")
    body = {"username": "admin", "password": PASSWORD, "domain": "System Domain"}
    for path in ("/csp/gateway/am/api/login", "/csp/gateway/am/idp/auth/login"):
        asked.headers = {}
        answer = asked.post(path + query, body).document()
        assert list(answer) == [key]
        if key == "cspAuthToken":
            asked.headers = {"authorization": f"Bearer {answer[key]}"}
            assert asked.get("users")["admin-rights"] is True


@pytest.mark.parametrize(
    "body",
    [
        {"username": "admin", "password": "wrong"},
        {"username": "admin", "password": PASSWORD, "domain": "elsewhere"},
        {"username": "admin@System Domain", "password": PASSWORD},
        {"username": "admin"},
        {},
    ],
)
def test_wrong_credentials_at_vra(vro: Make, body: dict[str, str]) -> None:
    asked = vro("8.18")
    assert asked.post("/csp/gateway/am/api/login?access_token", body).status == 400
    assert asked.post("/iaas/api/login", {"refreshToken": "nonsense"}).status == 400


def test_a_refresh_token_is_worth_an_access_token_by_the_cloud_form_as_well(vro: Make) -> None:
    asked = vro("8.18")
    body = {"username": "operator", "password": PASSWORD}
    refresh = asked.post("/csp/gateway/am/api/login?access_token", body).document()["refresh_token"]
    assert asked.ask("GET", "users", authorization=f"Bearer {refresh}").status == 401
    form = f"refresh_token={refresh}".encode()
    reply = asked.ask("POST", "/csp/gateway/am/api/auth/api-tokens/authorize", form)
    assert asked.ask("GET", "users", authorization=f"Bearer {reply.document()['access_token']}").status == 200


def test_sessions_of_vcf_automation(vro: Make) -> None:
    asked = vro("9.1")
    asked.headers = {}
    assert {"9.0.0", "9.1.0"} <= {one["version"] for one in asked.get("/api/versions")["versionInfo"]}
    assert b"<Version>9.1.0</Version>" in asked.ask("GET", "/api/versions", accept="*/*").body

    def log_in(path: str, user: str, accept: str = "application/json;version=9.0.0", password: str = PASSWORD) -> Any:
        return asked.ask("POST", f"/cloudapi/1.0.0/{path}", accept=accept, authorization=basic(user, password))

    assert log_in("sessions/provider", "admin@system").status == 200
    assert log_in("sessions", "admin@Tyrell").status == 200
    assert log_in("sessions", "admin@system").status == 401
    assert log_in("sessions/provider", "admin@Tyrell").status == 401
    assert log_in("sessions", "admin@Tyrell", password="wrong").status == 401
    assert log_in("sessions/provider", "admin").status == 401
    assert log_in("sessions/provider", "admin@system", "application/json").status == 406
    token = log_in("sessions", "admin@Tyrell").header("x-vmware-vcloud-access-token")
    asked.headers = {"authorization": f"Bearer {token}"}
    assert asked.get("users")["admin-rights"] is True
    assert asked.ask("DELETE", "/cloudapi/1.0.0/sessions/current").status == 204
    assert asked.ask("GET", "users").status == 401


def test_an_organization_with_an_orchestrator_of_its_own_gets_a_page(vro: Make) -> None:
    asked = vro("9.1", "admin@Tyrell")
    assert asked.ask("GET", "users").status == 200
    asked.server.settings.external_organizations.add("tyrell")
    reply = asked.ask("GET", "users")
    assert reply.status == 403 and reply.body.startswith(b"<!DOCTYPE html>")


def test_9_1_routes_on_the_name_in_host(vro: Make) -> None:
    asked = vro("9.1")
    for host, status in (
        (HOST, 200),
        (f"{HOST}:443", 200),
        ("localhost:8443", 200),
        ("127.0.0.1:8443", 404),
        ("x", 404),
    ):
        assert asked.ask("GET", "users", host=host).status == status
        assert asked.ask("GET", "", host=host).status == status
        control = asked.ask("GET", "/vco-controlcenter/api/x", host=host, authorization="")
        assert control.status == (401 if status == 200 else 404)
    assert vro("8.18").ask("GET", "users", host="127.0.0.1").status == 200


@pytest.mark.parametrize("version", MODERN)
def test_tokens_end(vro: Make, version: str) -> None:
    asked = vro(version)
    assert asked.service.expire_sessions() >= 1
    assert asked.ask("GET", "users").status == 401
    asked.log_in(asked.server.account.user)
    asked.world.advance(26 * 60)
    assert asked.ask("GET", "users").status == 401


@pytest.mark.parametrize("version", VERSIONS)
def test_three_people_and_what_they_may_do(vro: Make, version: str) -> None:
    body = {"name": "Kiwi", "type": "WorkflowCategory"}
    statuses = {}
    for user in (None, "operator", "auditor"):
        asked = vro(version, user)
        statuses[user] = asked.post("categories", body).status
        assert asked.get("categories")["link"]
    assert statuses == {None: 201, "operator": 403, "auditor": 403}
    refused = vro(version, "auditor").post("categories", body)
    assert refused.header("WWW-Authenticate") is None


@pytest.mark.parametrize("version", VERSIONS)
def test_the_control_centre_takes_root_and_administrators(vro: Make, version: str) -> None:
    asked = vro(version)
    control = asked.service.control
    target = "/vco-controlcenter/api/nothing"
    for user, status in (("root", 404), (asked.server.account.user, 404), ("operator", 401), ("nobody", 401)):
        reply = control.handle(Request("GET", target, {"host": HOST, "authorization": basic(user)}))
        assert reply.status == status and reply.document()["status"] == status
    # Its port is its own in 7.x; later it is behind the orchestrator's.
    shared = asked.service.handle(Request("GET", target, {"host": HOST, "authorization": basic("root")}))
    assert shared.status == (401 if version < "8" else 404)
    assert len(asked.service.listening) == (2 if version < "8" else 1)
