"""Logging in, using and ending sessions (contract sections 2.1 to 2.3, 2.5)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.simulator.vcd.sessions import basic_credentials
from tests.simulator.wire import Request
from tests.simulator.world import User
from tests.unit.simulator.vcd.asking import HOST, PASSWORD, V, Vcd, basic

SYSTEM_ID = "a93c9db9-7471-3192-8d09-a8f7eeda85f9"
PROVIDER, TENANT, LEGACY = "/cloudapi/1.0.0/sessions/provider", "/cloudapi/1.0.0/sessions", "/api/sessions"
Maker = Callable[..., Vcd]


@pytest.mark.parametrize(
    ("path", "name", "status"),
    [
        (PROVIDER, "administrator@system", 200),
        (PROVIDER, "administrator@System", 200),
        (PROVIDER, "administrator@SYSTEM", 200),
        (TENANT, "administrator@system", 401),
        (TENANT, "admin@Tyrell", 200),
        (TENANT, "admin@tyrell", 200),
        (PROVIDER, "admin@Tyrell", 401),
        (LEGACY, "administrator@system", 200),
        (LEGACY, "admin@Tyrell", 200),
        (TENANT, "admin@Nowhere", 401),
        (TENANT, "nobody@Tyrell", 401),
        (TENANT, "admin", 401),
        (PROVIDER, "administrator", 401),
    ],
)
def test_who_may_log_in_where(vcd: Maker, path: str, name: str, status: int) -> None:
    reply = vcd("10.3").ask("POST", path, authorization=basic(name))
    assert reply.status == status
    assert (reply.header("X-VMWARE-VCLOUD-ACCESS-TOKEN") is not None) is (status == 200)


@pytest.mark.parametrize(
    "header",
    [basic("administrator@system", "wrong"), basic("administrator@system", ""), "Basic ???", "Basic", "Bearer abc", ""],
)
@pytest.mark.parametrize("path", [PROVIDER, LEGACY])
def test_bad_credentials_are_refused_in_both_families(vcd: Maker, path: str, header: str) -> None:
    assert vcd("10.3").ask("POST", path, authorization=header).status == 401


def test_the_last_at_sign_separates_the_organization(vcd: Maker) -> None:
    made = vcd("10.3")
    made.world.sites["North"].add_user(User("jo@example.test", "Tyrell", "p:w@d", "Organization Administrator"))
    reply = made.ask("POST", TENANT, authorization=basic("jo@example.test@Tyrell", "p:w@d"))
    assert json.loads(reply.body)["user"]["name"] == "jo@example.test"
    assert basic_credentials(basic("jo@example.test@Tyrell", "p:w@d")) == ("jo@example.test", "Tyrell", "p:w@d")


def test_users_of_a_disabled_organization_cannot_log_in(vcd: Maker) -> None:
    made = vcd("10.3")
    made.world.sites["North"].organizations["Tyrell"].enabled = False
    assert made.ask("POST", TENANT, authorization=basic("admin@Tyrell")).status == 401


def test_the_json_session_and_its_headers(vcd: Maker) -> None:
    reply = vcd("10.3").ask("POST", PROVIDER, authorization=basic("administrator@system"))
    body = json.loads(reply.body)
    site = body["site"]["id"].removeprefix("urn:vcloud:site:")
    assert set(body) == {"id", "site", "user", "org", "location", "roles", "roleRefs", "sessionIdleTimeoutMinutes"}
    assert body["id"].startswith("urn:vcloud:session:")
    assert body["org"] == {"name": "System", "id": f"urn:vcloud:org:{SYSTEM_ID}"}
    assert body["location"] == f"{SYSTEM_ID}@{site}"
    assert body["roles"] == ["System Administrator"] == [ref["name"] for ref in body["roleRefs"]]
    assert body["sessionIdleTimeoutMinutes"] == 30
    token = reply.header("X-VMWARE-VCLOUD-ACCESS-TOKEN") or ""
    assert token.count(".") == 2 and len(token) > 100
    assert reply.header("X-VMWARE-VCLOUD-TOKEN-TYPE") == "Bearer"
    assert reply.header("x-vcloud-authorization") is None, "the short token is for /api only"


def test_the_xml_session_and_its_headers(vcd: Maker) -> None:
    made = vcd("9.7")
    accept = "application/*+xml;version=32.0"
    reply = made.ask("POST", LEGACY, accept=accept, authorization=basic("administrator@system"))
    short = reply.header("x-vcloud-authorization") or ""
    assert len(short) == 32
    status, root = made.xml("/api/session", x_vcloud_authorization=short)
    assert (status, root.tag) == (200, f"{V}Session")
    assert (root.get("org"), root.get("user"), root.get("roles")) == ("System", "administrator", "System Administrator")
    links = {(link.get("rel"), link.get("href")) for link in root.findall(f"{V}Link")}
    base = f"https://{HOST}"
    assert links == {
        ("down", f"{base}/api/org/"),
        ("remove", f"{base}/api/session"),
        ("down", f"{base}/api/admin/"),
        ("down", f"{base}/api/admin/extension"),
        ("down", f"{base}/api/org/{SYSTEM_ID}"),
        ("down", f"{base}/api/query"),
        ("entityResolver", f"{base}/api/entity/"),
        ("down:extensibility", f"{base}/api/extensibility"),
        ("nsx", f"{base}/network"),
        ("openapi", f"{base}/cloudapi"),
    }
    location = root.find(f"{V}AuthorizedLocations/{V}Location")
    assert location is not None
    assert location.findtext(f"{V}LocationId") == root.get("locationId")
    assert location.findtext(f"{V}RestApiEndpoint") == base


def test_a_tenant_is_recognised_by_the_missing_extension_link(vcd: Maker) -> None:
    made = vcd("10.3")
    made.log_in("admin@Tyrell")
    _status, root = made.xml("/api/session")
    addresses = [link.get("href") for link in root.findall(f"{V}Link")]
    assert f"https://{HOST}/api/admin/extension" not in addresses
    assert root.get("roles") == "Organization Administrator"


@pytest.mark.parametrize(("version", "status"), [("37.0", 200), ("38.0", 404)])
def test_the_old_log_in_is_gone_from_38(vcd: Maker, version: str, status: int) -> None:
    accept = f"application/*+xml;version={version}"
    assert vcd("10.5").ask("POST", LEGACY, accept=accept, authorization=basic("administrator@system")).status == status


def test_the_new_log_ins_exist_from_33(vcd: Maker) -> None:
    for release, status in (("9.7", 404), ("10.0", 200)):
        assert vcd(release).ask("POST", PROVIDER, authorization=basic("administrator@system")).status == status


def test_an_unknown_log_out_at_the_log_in_address_is_405(system: Maker) -> None:
    vcd = system("10.3")
    assert vcd.ask("DELETE", TENANT).status == 405
    assert vcd.ask("DELETE", PROVIDER).status == 405


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize("path", ["/api/session", "/cloudapi/1.0.0/orgs"])
def test_the_access_token_is_taken_with_the_word_in_any_case(system: Maker, word: str, path: str) -> None:
    vcd = system("10.3")
    token = vcd.headers["authorization"].split()[1]
    assert vcd.get(path, authorization=f"{word} {token}").status == 200


def test_both_tokens_open_both_families_and_may_be_sent_together(system: Maker) -> None:
    vcd = system("10.3")
    bearer = vcd.headers.pop("authorization")
    reply = vcd.get("/api/session", authorization=bearer)
    short = reply.header("x-vcloud-authorization") or ""
    assert reply.header("X-VMWARE-VCLOUD-ACCESS-TOKEN") == bearer.split()[1]
    for path in ("/api/session", "/cloudapi/1.0.0/orgs"):
        assert vcd.get(path, x_vcloud_authorization=short).status == 200
        assert vcd.get(path, x_vcloud_authorization=short, authorization=bearer).status == 200
        assert vcd.get(path, x_vcloud_authorization="0" * 32).status == 401
        assert vcd.get(path).status == 401


def test_from_38_the_short_token_is_neither_given_nor_taken(system: Maker) -> None:
    vcd = system("10.5")
    old = vcd.get("/api/session", accept="application/*+xml;version=37.0")
    short = old.header("x-vcloud-authorization") or ""
    assert len(short) == 32
    assert vcd.get("/api/session").header("x-vcloud-authorization") is None
    vcd.headers = {}
    assert vcd.get("/cloudapi/1.0.0/orgs", x_vcloud_authorization=short).status == 401
    accept = "application/json;version=37.0"
    assert vcd.get("/cloudapi/1.0.0/orgs", x_vcloud_authorization=short, accept=accept).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/session"),
        ("DELETE", "/cloudapi/1.0.0/sessions/current"),
        ("DELETE", "/cloudapi/1.0.0/sessions/{id}"),
    ],
)
def test_after_log_out_both_families_answer_401(vcd: Maker, method: str, path: str) -> None:
    made = vcd("10.3")
    identity = json.loads(made.log_in().body)["id"]
    assert made.ask(method, path.replace("{id}", identity)).status == 204
    assert made.get("/api/session").status == 401
    assert made.get("/cloudapi/1.0.0/orgs").status == 401


def test_sessions_are_listed_and_read_by_their_owner_only(vcd: Maker) -> None:
    made = vcd("10.3")
    tenant = json.loads(made.log_in("admin@Tyrell").body)["id"]
    first = json.loads(made.log_in().body)["id"]
    second = json.loads(made.log_in().body)["id"]
    page = json.loads(made.get("/cloudapi/1.0.0/sessions").body)
    assert [one["id"] for one in page["values"]] == [first, second] and page["resultTotal"] == 2
    assert json.loads(made.get("/cloudapi/1.0.0/sessions/current").body)["id"] == second
    assert json.loads(made.get(f"/cloudapi/1.0.0/sessions/{first.replace(':', '%3A')}").body)["id"] == first
    assert made.get(f"/cloudapi/1.0.0/sessions/{tenant}").status == 403
    assert made.get("/cloudapi/1.0.0/sessions?filter=id%3D%3Dx").status == 400


def test_idling_and_old_age_end_a_session(system: Maker) -> None:
    vcd = system("10.3")
    vcd.world.advance(29 * 60)
    assert vcd.get("/api/session").status == 200, "use keeps it alive"
    vcd.world.advance(29 * 60)
    assert vcd.get("/api/session").status == 200
    vcd.world.advance(31 * 60)
    assert vcd.get("/api/session").status == 401
    vcd.log_in()
    for _unused in range(60):
        vcd.world.advance(25 * 60)
        last = vcd.get("/cloudapi/1.0.0/orgs").status
    assert last == 401, "no session lives longer than a day"


def test_expiry_on_demand_restart_and_reset_end_every_session(system: Maker) -> None:
    vcd = system("10.3")
    vcd.log_in()
    assert vcd.service.expire_sessions() == 2
    assert vcd.get("/api/session").status == 401
    for happening in (vcd.service.restarted, vcd.world.reset):
        vcd.log_in()
        happening()
        assert vcd.get("/api/session").status == 401


def test_the_site_knows_the_sessions_that_the_vcd_made(system: Maker) -> None:
    vcd = system("10.3")
    site, now = vcd.world.sites["North"], vcd.world.now_ms()
    session = site.vcd_session(vcd.headers["authorization"].split()[1], now)
    assert session is not None and session.user.is_system
    assert site.vcd_session(session.token, now) is session
    assert vcd.ask("DELETE", "/api/session").status == 204
    assert site.vcd_session(session.token, now) is None


def test_the_tenant_context_is_a_bare_uuid_of_a_known_organization(system: Maker) -> None:
    vcd = system("10.2.2")
    tyrell = vcd.world.sites["North"].organizations["Tyrell"].id
    for context, status in ((tyrell, 200), (f"urn:vcloud:org:{tyrell}", 401), (SYSTEM_ID[:-1] + "0", 403)):
        assert vcd.get("/cloudapi/1.0.0/orgs", x_vmware_vcloud_tenant_context=context).status == status


def test_logging_in_and_out_is_no_write_and_shows_its_token_to_the_journal_only(system: Maker) -> None:
    vcd = system("10.3")
    for method, path in (
        ("POST", LEGACY),
        ("POST", TENANT),
        ("POST", PROVIDER),
        ("DELETE", "/api/session"),
        ("DELETE", "/cloudapi/1.0.0/sessions/current"),
        ("GET", "/cloudapi/1.0.0/orgs"),
    ):
        assert not vcd.service.is_write(Request(method, path)), (method, path)
    for method, path in (
        ("POST", "/cloudapi/1.0.0/orgs"),
        ("DELETE", "/cloudapi/1.0.0/orgs/x"),
        ("PUT", "/api/admin/org/x"),
        ("POST", "//api/admin/org/x/action/disable/"),
    ):
        assert vcd.service.is_write(Request(method, path)), (method, path)
    assert vcd.service.token_of(Request("GET", "/api/session", {"Authorization": "bearer abc"})) == "abc"
    assert vcd.service.token_of(Request("GET", "/api/session", {"x-vcloud-authorization": "def"})) == "def"
    assert vcd.service.token_of(Request("POST", TENANT, {"Authorization": basic("a@b", PASSWORD)})) is None
