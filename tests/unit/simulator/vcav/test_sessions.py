"""Logins of every kind, their roles, their end (contract 3.2, 9)."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import NORTH, PASSWORD, SOUTH, Estate, problem

ALL = ["EVERYONE", "ADMINISTRATORS", "VRADMINISTRATORS"]
HERE = [{"site": NORTH, "org": "System"}]


def test_root_logs_in_and_holds_all_roles(estate: Estate) -> None:
    reply = estate.log_in()
    assert reply.status == 200
    assert reply.document() == {"user": "root", "roles": ALL, "authenticatedSites": HERE}
    token = reply.header("X-VCAV-Auth")
    assert token and len(token) == 28 and token.endswith("=")


@pytest.mark.parametrize("kind", ["manager", "replicator", "tunnel"])
def test_other_services_know_no_sites(estate: Estate, kind: str) -> None:
    reply = estate.log_in(kind=kind)
    assert reply.status == 200
    assert reply.document()["authenticatedSites"] is None


def test_a_token_of_one_service_means_nothing_to_another(estate: Estate) -> None:
    token = estate.log_in().header("X-VCAV-Auth")
    assert problem(estate.ask("GET", "/sessions", kind="manager", token=token)) == (401, "NotAuthenticated")


def test_sso_administrator_logs_in(estate: Estate) -> None:
    body = {
        "type": "ssoCredentials",
        "username": "administrator@vsphere.local",
        "password": PASSWORD,
        "principal": None,
    }
    assert estate.log_in(body).document()["roles"] == ALL
    assert problem(estate.log_in({**body, "password": "no"})) == (401, "NotAuthenticated")


def test_system_administrator_logs_in_with_vcd_credentials(estate: Estate) -> None:
    reply = estate.log_in({"type": "vcdCredentials", "vcdUser": "administrator@System", "vcdPassword": PASSWORD})
    assert reply.document() == {"user": "administrator@System", "roles": ALL, "authenticatedSites": HERE}


def test_organization_user_holds_one_role(estate: Estate) -> None:
    reply = estate.log_in({"type": "vcdCredentials", "vcdUser": "admin@Acme", "vcdPassword": PASSWORD})
    assert reply.document() == {
        "user": "admin@Acme",
        "roles": ["EVERYONE"],
        "authenticatedSites": [{"site": NORTH, "org": "Acme"}],
    }


def test_a_vcd_cookie_logs_in_while_its_vcd_session_lives(estate: Estate) -> None:
    session = estate.vcd_session("administrator", "System")
    body = {"type": "vcdCookie", "vcdCookie": session.token}
    assert estate.log_in(body).status == 200
    estate.world.sites[NORTH].end_vcd_session(session)
    assert problem(estate.log_in(body)) == (401, "NotAuthenticated")


@pytest.mark.parametrize(("version", "status"), [("3.0", 400), ("3.5", 400), ("4.3", 200), ("4.7", 200)])
def test_access_tokens_came_with_4_1(version: str, status: int) -> None:
    estate = Estate(version)
    session = estate.vcd_session("administrator", "System")
    body = {"type": "vcdAccessToken", "vcdAccessToken": session.access_token, "context": ""}
    assert estate.log_in(body).status == status


def test_an_access_token_is_no_cookie(estate: Estate) -> None:
    session = estate.vcd_session("administrator", "System")
    assert problem(estate.log_in({"type": "vcdCookie", "vcdCookie": session.access_token})) == (401, "NotAuthenticated")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "localUser", "localUser": "root", "localPassword": "wrong"}, 401),
        ({"type": "localUser", "localUser": "admin", "localPassword": PASSWORD}, 401),
        ({"type": "vcdCredentials", "vcdUser": "administrator@System", "vcdPassword": "wrong"}, 401),
        ({"type": "vcdCredentials", "vcdUser": "nobody@Acme", "vcdPassword": PASSWORD}, 401),
        ({"type": "vcdCredentials", "username": "administrator@System", "password": PASSWORD}, 400),
        ({"type": "localUser", "localUser": "root"}, 400),
        ({"type": "localUser", "localUser": "root", "localPassword": PASSWORD, "more": 1}, 400),
        ({"type": "kerberos"}, 400),
        ({}, 400),
        ([], 400),
        (b"not json", 400),
        ({"type": "ssoToken", "samlToken": "x"}, 400),
    ],
)
def test_bad_logins_are_refused_without_the_header_of_tokens(estate: Estate, body: Any, status: int) -> None:
    reply = estate.ask("POST", "/sessions", body, token="")
    assert problem(reply) == (status, "NotAuthenticated" if status == 401 else "BadUserInput")
    assert reply.header("WWW-Authenticate") is None
    assert reply.header("X-VCAV-Auth") is None


@pytest.mark.parametrize("kind", ["manager", "replicator", "tunnel"])
def test_vcd_logins_are_for_the_cloud_service_alone(estate: Estate, kind: str) -> None:
    body = {"type": "vcdCredentials", "vcdUser": "administrator@System", "vcdPassword": PASSWORD}
    assert problem(estate.log_in(body, kind=kind)) == (400, "BadUserInput")


@pytest.mark.parametrize("token", ["", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_missing_and_unknown_tokens_are_told_by_a_header(estate: Estate, token: str) -> None:
    reply = estate.ask("GET", "/sites", token=token)
    assert problem(reply) == (401, "NotAuthenticated")
    assert reply.header("WWW-Authenticate") == "Authentication Token Required"


def test_a_session_ends_with_its_logout(root: Estate) -> None:
    assert root.ask("GET", "/sessions").document()["user"] == "root"
    reply = root.ask("DELETE", "/sessions")
    assert (reply.status, reply.body) == (204, b"")
    assert root.ask("GET", "/sessions").status == 401


def test_a_session_expires_after_half_an_hour_without_use(root: Estate) -> None:
    root.world.advance(29 * 60)
    assert root.ask("GET", "/sessions").status == 200
    root.world.advance(29 * 60)
    assert root.ask("GET", "/sessions").status == 200
    root.world.advance(31 * 60)
    reply = root.ask("GET", "/sessions")
    assert reply.status == 401
    assert reply.header("WWW-Authenticate") == "Authentication Token Required"


def test_organization_users_are_refused_what_administrators_may(estate: Estate) -> None:
    estate.log_in({"type": "vcdCredentials", "vcdUser": "admin@Acme", "vcdPassword": PASSWORD})
    health = "POST" if estate.service().product.health_method == "POST" else "GET"
    for method, path in [
        ("GET", "/policies"), ("POST", "/policies"), ("PATCH", "/policies/default/orgs/Acme"), ("POST", "/sites"),
        ("GET", "/config"), ("GET", "/license"), ("POST", "/os/reboot"), (health, "/diagnostics/health"),
    ]:  # fmt: skip
        assert problem(estate.ask(method, path, {})) == (403, "Forbidden"), path
    for path in ("/sites", "/tasks", "/inventory/orgs", "/diagnostics/about", "/config/is-configured"):
        assert estate.ask("GET", path).status == 200, path


def test_administrators_come_through_the_tunnel_only_when_they_are_admitted(estate: Estate) -> None:
    assert estate.log_in(via="public").status == 200
    settings = estate.sites[NORTH].cloud.settings
    settings.admin_allow_from = "198.51.100.0/24"
    # 3.0.0 has no such setting, so nothing keeps anybody out.
    refused = 200 if estate.service().product.version == "3.0" else 401
    assert estate.log_in(via="public").status == refused
    assert estate.log_in(via="front").status == 200
    tenant = {"type": "vcdCredentials", "vcdUser": "admin@Acme", "vcdPassword": PASSWORD}
    assert estate.log_in(tenant, via="public").status == 200


# Extension to the other site


def extension(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "site": SOUTH, **fields}


CREDENTIALS = extension("credentials", vcdUsername="administrator@System", vcdPassword=PASSWORD)


def test_a_session_is_extended_and_shows_both_sites(root: Estate) -> None:
    root.pair()
    assert problem(root.ask("GET", f"/policies?site={SOUTH}")) == (401, "RemoteAuthenticationFailure")
    reply = root.ask("POST", "/sessions/extend", CREDENTIALS)
    assert reply.status == 200
    assert reply.document()["authenticatedSites"] == [*HERE, {"site": SOUTH, "org": "System"}]
    assert root.ask("GET", f"/policies?site={SOUTH}").status == 200
    assert root.ask("GET", f"/inventory/orgs?site={SOUTH}").document()["total"] == 2


def test_cookies_extend_in_every_version(root: Estate) -> None:
    root.pair()
    session = root.vcd_session("administrator", "System", SOUTH)
    assert root.ask("POST", "/sessions/extend", extension("cookie", cookie=session.token)).status == 200


@pytest.mark.parametrize(("version", "status"), [("3.0", 400), ("3.5", 400), ("4.3", 200), ("4.7", 200)])
def test_access_tokens_and_multisite_extend_in_4(version: str, status: int) -> None:
    estate = Estate(version)
    estate.pair()
    estate.log_in({"type": "vcdCredentials", "vcdUser": "administrator@System", "vcdPassword": PASSWORD})
    session = estate.vcd_session("administrator", "System", SOUTH)
    token = extension("vcdAccessToken", vcdAccessToken=session.access_token)
    assert estate.ask("POST", "/sessions/extend", token).status == status
    assert estate.ask("POST", "/sessions/extend", extension("multisite", org="System")).status == status


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({**CREDENTIALS, "vcdPassword": "wrong"}, (401, "RemoteAuthenticationFailure")),
        ({**CREDENTIALS, "site": "Nowhere"}, (404, "NotFound")),
        (extension("credentials", vcdUser="administrator@System", vcdPassword=PASSWORD), (400, "BadUserInput")),
        (extension("vcdCookie", vcdCookie="x"), (400, "BadUserInput")),
        (extension("cookie", cookie="unknown"), (401, "RemoteAuthenticationFailure")),
    ],
)
def test_bad_extensions_are_refused(root: Estate, body: Any, expected: tuple[int, str]) -> None:
    root.pair()
    assert problem(root.ask("POST", "/sessions/extend", body)) == expected


def test_nothing_extends_through_a_tunnel_that_is_down(root: Estate) -> None:
    root.pair()
    root.world.faults.add("tunnel_down", service=f"{SOUTH}/*/tunnel")
    assert problem(root.ask("POST", "/sessions/extend", CREDENTIALS)) == (500, "GeneralServerFailure")


@pytest.mark.parametrize("version", ["4.3", "4.7"])
def test_an_extension_is_taken_back(version: str) -> None:
    estate = Estate(version)
    estate.pair()
    estate.ask("POST", "/sessions/extend", CREDENTIALS)
    assert estate.ask("DELETE", f"/sessions/{SOUTH}").document()["authenticatedSites"] == HERE
    assert problem(estate.ask("DELETE", f"/sessions/{SOUTH}")) == (400, "BadUserInput")
    assert estate.ask("GET", f"/policies?site={SOUTH}").status == 401


def test_an_organization_user_extends_to_his_own_organization(estate: Estate) -> None:
    estate.pair()
    estate.log_in({"type": "vcdCredentials", "vcdUser": "admin@Acme", "vcdPassword": PASSWORD})
    body = extension("credentials", vcdUsername="admin@Acme", vcdPassword=PASSWORD)
    assert estate.ask("POST", "/sessions/extend", body).status == 200
    assert estate.ask("GET", f"/inventory/orgs?site={SOUTH}").document()["items"][0]["name"] == "Acme"
