"""Branding of the portal: its document, its fall-back, who may read and write it (contract sections 3.1 to 3.3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.simulator.wire import Request
from tests.unit.simulator.vcd.asking import Vcd
from tests.unit.simulator.vcd.portal_asking import JSON, send

Maker = Callable[..., Vcd]
SYSTEM = "/cloudapi/branding"
TENANT = "/cloudapi/branding/tenant/Tyrell"
MENU: list[dict[str, Any]] = [
    {"name": "help", "menuItemType": "override", "url": "https://docs.acme.example/"},
    {"name": "about", "menuItemType": "override", "url": None},
    {"name": "vmrc", "menuItemType": "override", "url": None},
    {"name": "Support", "menuItemType": "section"},
    {"name": "Help Desk", "menuItemType": "link", "url": "https://desk.acme.example/"},
    {"name": "Contact Us", "menuItemType": "link", "url": "mailto:web@acme.example?subject=Web Support"},
    {"menuItemType": "separator"},
    {"name": "Terms", "menuItemType": "link", "url": "https://acme.example/terms"},
]
ACME: dict[str, Any] = {
    "portalName": "Acme Cloud",
    "portalColor": "#1A2A3A",
    "selectedTheme": {"themeType": "BUILT_IN", "name": "Dark"},
    "customLinks": MENU,
}


@pytest.mark.parametrize(("release", "name"), [("9.7", "vCloud Director"), ("10.1", "VMware Cloud Director")])
def test_a_fresh_system_shows_the_defaults(system: Maker, release: str, name: str) -> None:
    fresh = system(release).get(SYSTEM).document()
    assert fresh == {
        "portalName": name,
        "portalColor": None,
        "selectedTheme": {"themeType": "BUILT_IN", "name": "Default"},
        "customLinks": [{"name": one, "menuItemType": "override", "url": None} for one in ("help", "about", "vmrc")],
    }


@pytest.mark.parametrize("path", [SYSTEM, f"{SYSTEM}/", TENANT, f"{TENANT}/"])
@pytest.mark.parametrize("release", ["9.7", "10.6"])
def test_a_put_replaces_everything_and_all_keys_come_back(system: Maker, path: str, release: str) -> None:
    vcd = system(release)
    reply = send(vcd, "PUT", path, ACME)
    assert reply.status == 200 and reply.header("ETag") is None and reply.header("Location") is None
    links = [{"name": one.get("name"), "menuItemType": one["menuItemType"], "url": one.get("url")} for one in MENU]
    assert reply.document() == {**ACME, "customLinks": links} == vcd.get(path).document()
    assert send(vcd, "PUT", path, vcd.get(path).document()).document() == reply.document(), "fed back, nothing changes"
    nothing = {"portalName": None, "portalColor": None, "selectedTheme": None, "customLinks": None}
    assert send(vcd, "PUT", path, {"portalName": "", "portalColor": ""}).document() == nothing
    assert vcd.get(path).document() == nothing
    assert send(vcd, "PUT", path, {"portalName": "x", "customLinks": []}).document() == {
        **nothing,
        "portalName": "x",
        "customLinks": [],
    }


@pytest.mark.parametrize("colour", ["#1A2A3A", "#7e1414", "FFFFFF", "0c0c01"])
def test_colours_come_back_as_they_were_sent(system: Maker, colour: str) -> None:
    vcd = system("9.7")
    assert send(vcd, "PUT", SYSTEM, {**ACME, "portalColor": colour}).status == 200
    assert vcd.get(SYSTEM).document()["portalColor"] == colour


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"themeType": "CUSTOM", "name": "Dark"}, "BUILT_IN"),
        ({"themeType": "DEFAULT", "name": "Default"}, "BUILT_IN"),
        ({"themeType": "Custom", "name": "acme"}, "CUSTOM"),
        ({"themeType": "BUILT_IN", "name": "acme"}, "CUSTOM"),
    ],
)
def test_the_theme_is_looked_up_by_its_name(system: Maker, sent: dict[str, str], shown: str) -> None:
    vcd = system("9.7")
    assert send(vcd, "POST", f"{SYSTEM}/themes", {"themeType": "CUSTOM", "name": "acme"}).status == 201
    assert send(vcd, "PUT", TENANT, {**ACME, "selectedTheme": sent}).status == 200
    assert vcd.get(TENANT).document()["selectedTheme"] == {"themeType": shown, "name": sent["name"]}


@pytest.mark.parametrize(
    "change",
    [
        {"portalColor": "red"}, {"portalColor": "#FFF"}, {"portalColor": "#1A2A3A4"}, {"portalColor": 7},
        {"portalName": 7}, {"portalTitle": "x"}, {"customLinks": {}}, {"customLinks": ["x"]},
        {"selectedTheme": {"themeType": "CUSTOM", "name": "dark"}}, {"selectedTheme": {"name": "Dark"}},
        {"selectedTheme": {"themeType": "FANCY", "name": "Dark"}}, {"selectedTheme": "Dark"},
        {"customLinks": [{"menuItemType": "LINK", "name": "x", "url": "https://x.example"}]},
        {"customLinks": [{"name": "x", "url": "https://x.example"}]},
        {"customLinks": [{"menuItemType": "override", "name": "Help", "url": "https://x.example"}]},
        {"customLinks": [{"menuItemType": "section"}]},
        {"customLinks": [{"menuItemType": "link", "name": "x"}]},
        {"customLinks": [{"menuItemType": "link", "url": "https://x.example"}]},
        {"customLinks": [{"menuItemType": "link", "name": "x", "url": "x.example"}]},
        {"customLinks": [{"menuItemType": "link", "name": "x", "url": "https://"}]},
        {"customLinks": [{"menuItemType": "link", "name": "x", "url": "https://x.example/a b"}]},
        {"customLinks": [{"menuItemType": "override", "name": "help", "url": "javascript:alert(1)"}]},
        {"customLinks": [{"menuItemType": "link", "name": "x", "url": "mailto:nobody"}]},
        {"customLinks": [{"key": "x", "url": "https://x.example"}]},
    ],
)  # fmt: skip
def test_bad_content_is_400_and_changes_nothing(system: Maker, change: dict[str, Any]) -> None:
    vcd = system("10.3")
    send(vcd, "PUT", TENANT, ACME)
    before = vcd.get(TENANT).document()
    reply = send(vcd, "PUT", TENANT, {**ACME, "portalName": "other", **change})
    assert (reply.status, reply.document()["minorErrorCode"]) == (400, "BAD_REQUEST")
    assert vcd.get(TENANT).document() == before


def test_only_json_is_taken(system: Maker) -> None:
    vcd = system("9.7")
    assert send(vcd, "PUT", SYSTEM, ACME, content_type="text/plain").status == 415
    assert vcd.ask("PUT", SYSTEM, b"{", content_type=JSON).status == 400
    assert vcd.ask("PUT", SYSTEM, b"[]", content_type=JSON).status == 400


def test_a_tenant_falls_back_as_a_whole(system: Maker) -> None:
    vcd = system("9.7")
    send(vcd, "PUT", SYSTEM, {**ACME, "portalName": "House"})
    house = vcd.get(SYSTEM).document()
    assert vcd.get(TENANT).document() == house
    assert vcd.get("/cloudapi/branding/tenant/nobody").document() == house, "unknown ones get the system's"
    assert send(vcd, "PUT", TENANT, {"portalName": "Tyrell", "customLinks": []}).status == 200
    assert vcd.get("/cloudapi/branding/tenant/tYRELL").document()["portalColor"] is None
    assert vcd.get(SYSTEM).document() == house
    assert [vcd.ask("DELETE", TENANT).status for _turn in range(2)] == [204, 204], "harmless when nothing is set"
    assert vcd.get(TENANT).document() == house


def test_a_tenant_falls_back_per_attribute_when_told_so(system: Maker) -> None:
    vcd = system("9.7")
    vcd.service.portal.brandings.per_attribute = True
    send(vcd, "PUT", SYSTEM, ACME)
    send(vcd, "PUT", TENANT, {"portalName": "Tyrell", "portalColor": ""})
    assert vcd.get(TENANT).document() == {**vcd.get(SYSTEM).document(), "portalName": "Tyrell"}
    vcd.service.reset()
    assert vcd.service.portal.brandings.per_attribute is False


@pytest.mark.parametrize("name", ["Tyrell (Off-World)", "tyrell/sub", "Düne"])
def test_names_are_percent_encoded(system: Maker, name: str) -> None:
    """The name of an organization may hold parentheses; anything else is the name of none."""
    vcd = system("9.7", tenants=("Tyrell(Off-World)", "Tyrell"))
    assert vcd.get(f"/cloudapi/branding/tenant/{quote(name, safe='')}").status == 200
    encoded = f"/cloudapi/branding/tenant/{quote('Tyrell(Off-World)', safe='')}"
    assert send(vcd, "PUT", encoded, ACME).status == 200
    assert vcd.get("/cloudapi/branding/tenant/Tyrell(Off-World)").document()["portalName"] == "Acme Cloud"
    assert vcd.get(TENANT).document()["portalName"] != "Acme Cloud"


def test_only_the_system_writes(vcd: Maker) -> None:
    made = vcd("9.7", tenants=("Tyrell", "Wallace"))
    made.log_in()
    assert send(made, "PUT", TENANT, ACME).status == 200
    assert send(made, "PUT", "/cloudapi/branding/tenant/nobody", ACME).status == 403
    assert made.ask("DELETE", SYSTEM).status == 405, "there is no DELETE of the system's"
    made.log_in("admin@Tyrell")
    for method, path in (("PUT", SYSTEM), ("PUT", TENANT), ("DELETE", TENANT)):
        reply = send(made, method, path, ACME)
        assert (reply.status, reply.document()["minorErrorCode"]) == (403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN")
    assert made.get(TENANT).document()["portalName"] == "Acme Cloud"
    made.log_in("admin@Wallace")
    assert made.get(TENANT).document()["portalName"] == "vCloud Director", "others' are like none"


def test_without_a_session_the_system_is_shown(system: Maker) -> None:
    vcd = system("9.7")
    send(vcd, "PUT", TENANT, ACME)
    vcd.headers = {}
    assert vcd.get(SYSTEM).status == 200
    assert vcd.get(TENANT).document() == vcd.get(SYSTEM).document()
    assert send(vcd, "PUT", TENANT, ACME).status == 401
    assert vcd.get(SYSTEM, authorization="Bearer gone").status == 401, "a bad session is worse than none"
    vcd.service.portal.brandings.require_login = False
    assert vcd.get(TENANT).document()["portalName"] == "Acme Cloud"


def test_what_a_release_does_not_have_yet_is_not_there(system: Maker) -> None:
    old = system("9.0")
    assert {old.get(path).status for path in (SYSTEM, TENANT, f"{SYSTEM}/themes", f"{SYSTEM}/logo")} == {404}
    middle = system("9.5")
    paths = (SYSTEM, f"{SYSTEM}/logo", TENANT, f"{SYSTEM}/icon")
    assert [middle.get(path, accept="*/*;version=31.0").status for path in paths] == [200, 200, 404, 404]
    newer = system("10.0")
    assert newer.get(TENANT, accept="application/json;version=31.0").status == 404


def test_before_32_links_have_keys(system: Maker) -> None:
    """As `Set-Branding -customLinks @{...}` of vcd-h5-themes 1.0 sends them, with 31.0 and a trailing null."""
    vcd = system("9.5")
    assert vcd.get(SYSTEM).document()["customLinks"] == []
    items = [{"key": "Support", "url": "https://acme.example/support"}, {"key": "about", "url": "https://acme.example"}]
    body = {**ACME, "customLinks": items}
    assert send(vcd, "PUT", SYSTEM, body).document()["customLinks"] == items
    assert send(vcd, "PUT", SYSTEM, {**ACME, "customLinks": MENU}).status == 400
    newer = system("9.7")
    old = "application/json;version=31.0"
    assert newer.get(SYSTEM, accept=old).document()["customLinks"] == []
    send(newer, "PUT", SYSTEM, ACME)
    assert [one["key"] for one in newer.get(SYSTEM, accept=old).document()["customLinks"]] == [
        "help", "Help Desk", "Contact Us", "Terms",
    ]  # fmt: skip


def test_the_branding_of_a_removed_organization_does_not_come_back(system: Maker) -> None:
    vcd = system("9.7")
    send(vcd, "PUT", TENANT, ACME)
    site = vcd.world.sites["North"]
    gone = site.organizations["Tyrell"]
    site.remove_organization("Tyrell")
    assert vcd.get(TENANT).document()["portalName"] == "vCloud Director"
    site.add_organizations(["Tyrell"], gone.created, "x")
    assert site.organizations["Tyrell"].id == gone.id
    assert vcd.get(TENANT).document()["portalName"] == "vCloud Director"


def test_the_flex_portal_has_branding_of_its_own(system: Maker) -> None:
    """Until 9.7, in the older API (contract section 3.8)."""
    vcd, path = system("9.7"), "/api/admin/extension/settings/branding"
    media = "application/vnd.vmware.admin.brandingSettings+xml"
    space = "{http://www.vmware.com/vcloud/extension/v1.5}"
    assert vcd.xml(path)[1].findtext(f"{space}CompanyName") == "vCloud Director"
    text = (
        '<vmext:BrandingSettings xmlns:vmext="http://www.vmware.com/vcloud/extension/v1.5">'
        "<vmext:CompanyName>Acme</vmext:CompanyName><vmext:FinalCustomTheme>504B03</vmext:FinalCustomTheme>"
        "<vmext:SupportUrl>https://acme.example</vmext:SupportUrl></vmext:BrandingSettings>"
    )
    status, root = vcd.xml(path, "PUT", text.encode(), content_type=media)
    assert (status, root.findtext(f"{space}SupportUrl")) == (200, "https://acme.example")
    assert vcd.xml(path)[1].findtext(f"{space}CompanyName") == "Acme"
    assert vcd.get(SYSTEM).document()["portalName"] == "vCloud Director", "the other portal's is its own"
    for bad in (text.replace("504B03", "504"), text.replace("CompanyName>", "SignUpUrl>"), "<x/>"):
        assert vcd.xml(path, "PUT", bad.encode(), content_type=media)[0] == 400
    vcd.log_in("admin@Tyrell")
    assert vcd.xml(path)[0] == 403
    assert system("10.0").xml(path)[0] == 404


def test_requests_of_known_clients(system: Maker) -> None:
    """Set-Theme of vcd-h5-themes 1.0 reads and writes at 30.0 with the short token; shell examples write with a slash
    and `application/*`; the module for PowerShell uses `*/*;version=33.0`."""
    vcd = system("10.0")
    token = vcd.ask("GET", "/api/session", accept="application/*+xml;version=33.0").header("x-vcloud-authorization")
    vcd.headers = {"x-vcloud-authorization": token or ""}
    accept = "application/json;version=30.0"
    branding = vcd.get(SYSTEM, accept=accept).document()
    branding["selectedTheme"] = {"name": "Dark", "themeType": "DEFAULT"}
    assert send(vcd, "PUT", SYSTEM, branding, accept=accept).status == 200
    assert vcd.get(SYSTEM).document()["selectedTheme"] == {"themeType": "BUILT_IN", "name": "Dark"}
    reply = send(vcd, "PUT", f"{SYSTEM}/", ACME, accept="application/*;version=33.0")
    assert (reply.status, reply.header("content-type")) == (200, "application/json;version=33.0")
    assert send(vcd, "PUT", TENANT, ACME, accept="*/*;version=33.0").status == 200
    assert vcd.ask("PUT", "/cloudapi/tenant/Tyrell/branding/logo", b"x", content_type="image/png").status == 404
    assert json.loads(vcd.get(SYSTEM, accept="application/json").body)["minorErrorCode"] == "NOT_ACCEPTABLE"


def test_reads_are_no_writes_and_writes_are(system: Maker) -> None:
    vcd = system("9.7")
    for method, path, write in (
        ("GET", TENANT, False), ("PUT", TENANT, True), ("DELETE", TENANT, True), ("PUT", f"{SYSTEM}/", True),
        ("PUT", f"{TENANT}/icon", True), ("DELETE", f"{SYSTEM}/logo", True), ("POST", f"{SYSTEM}/themes/", True),
        ("POST", f"{SYSTEM}/themes/x/contents", True), ("PUT", "/transfer/1/x.css", True),
        ("DELETE", f"{SYSTEM}/themes/x", True), ("GET", f"{SYSTEM}/themes/x/css", False),
    ):  # fmt: skip
        assert vcd.service.is_write(Request(method, path)) is write, (method, path)
