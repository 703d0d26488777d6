"""@vcd/node-client: every request of its published release asks for API 35.0, so the servers are of the first and the
last release that offer it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.clients import ClientError, Driver
from tests.conformance.conftest import TENANT, Server

Servers = Callable[[str], Server]
Drivers = Callable[[str], Driver]
RELEASES = pytest.mark.parametrize("release", ["10.2", "10.6"])
SCHEMA = {"type": "object", "properties": {"nodes": {"type": "integer"}}, "required": ["nodes"]}


def api(driver: Driver, api: str, method: str, *args: Any, who: str = "system") -> Any:
    """A call of one of the client's classes; its answer: status, headers, body."""
    return driver.call("api", who=who, api=api, method=method, args=args)


@RELEASES
def test_it_logs_in_and_is_told_who_it_is(node: Drivers, server: Servers, release: str) -> None:
    session = api(node(release), "SessionsApi", "getCurrentSessionForAuthCredential")["body"]
    assert (session["org"]["name"], session["roles"]) == ("System", ["System Administrator"])
    mine = api(node(release), "SessionsApi", "getCurrentSessionForAuthCredential", who="tenant")["body"]
    assert (mine["org"]["name"], mine["user"]["name"]) == (TENANT, "admin")
    assert mine["sessionIdleTimeoutMinutes"] == 30
    with pytest.raises(ClientError) as caught:
        vcd = server(release)
        node(release).call("login", who="nobody", url=vcd.url, user="admin", org=TENANT, password="wrong")
    assert "Error logging in" in caught.value.text


@RELEASES
def test_a_token_is_enough_to_go_on(node: Drivers, server: Servers, release: str) -> None:
    vcd, driver = server(release), node(release)
    token = driver.call("login", who="short", url=vcd.url, user="admin", org=TENANT, password=vcd.password)["token"]
    driver.call("token", who="again", url=vcd.url, user="admin", org=TENANT, token=token)
    session = api(driver, "SessionsApi", "getCurrentSessionForAuthCredential", who="again")["body"]
    listed = api(driver, "SessionsApi", "getCurrentSessions", 1, 128, who="again")["body"]["values"]
    assert session["id"] in [one["id"] for one in listed]
    # Reading and ending a session by its id cannot be tried: this client writes "{id:((" into the address.
    with pytest.raises(ClientError) as caught:
        driver.call("token", who="other", url=vcd.url, user="admin", org=TENANT, token=token + "x")
        api(driver, "SessionsApi", "getCurrentSessionForAuthCredential", who="other")
    assert caught.value.status == 401


@RELEASES
def test_organizations_are_paged_and_filtered(node: Drivers, server: Servers, release: str) -> None:
    server(release).running.control.scale(30, site="A03-Auckland")
    page = api(node(release), "OrgApi", "queryOrgs", 2, 10, "name==tenant-*", "name")["body"]
    assert (page["resultTotal"], page["pageCount"], page["page"]) == (30, 3, 2)
    assert [one["name"] for one in page["values"]] == [f"tenant-{number:05d}" for number in range(11, 21)]
    one = page["values"][0]
    assert api(node(release), "OrgApi", "getOrg", one["id"])["body"] == one
    (own,) = api(node(release), "OrgApi", "queryOrgs", 1, 25, who="tenant")["body"]["values"]
    assert own["name"] == TENANT


@RELEASES
def test_branding_of_system_and_tenant(node: Drivers, release: str) -> None:
    driver = node(release)
    before = api(driver, "BrandingApi", "getSystemBranding")["body"]
    mine = {
        "portalName": "Acme Cloud",
        "portalColor": "#1A2A3A",
        "selectedTheme": {"themeType": "BUILT_IN", "name": "Default"},
        "customLinks": [
            {"name": "help", "menuItemType": "override", "url": "https://docs.acme.example/"},
            {"name": "Support", "menuItemType": "section", "url": None},
            {"name": "Contact", "menuItemType": "link", "url": "mailto:noc@acme.example"},
        ],
    }
    put = api(driver, "BrandingApi", "putTenantBranding", mine, TENANT)
    assert (put["status"], put["body"]["portalName"]) == (200, "Acme Cloud")
    found = api(driver, "BrandingApi", "getTenantBranding", TENANT)["body"]
    assert found["portalColor"].lstrip("#").upper() == "1A2A3A"
    assert [one["name"] for one in found["customLinks"] if one["menuItemType"] != "override"] == ["Support", "Contact"]
    assert api(driver, "BrandingApi", "getSystemBranding")["body"] == before, "the system's is its own"
    assert api(driver, "BrandingApi", "removeTenantBranding", TENANT)["status"] == 204
    assert api(driver, "BrandingApi", "getTenantBranding", TENANT)["body"] == before
    with pytest.raises(ClientError) as caught:
        api(driver, "BrandingApi", "putTenantBranding", mine, TENANT, who="tenant")
    assert caught.value.status == 403


@RELEASES
def test_a_theme_with_its_style_sheet(node: Drivers, css: Path, release: str) -> None:
    driver = node(release)
    made = api(driver, "BrandingApi", "createBrandingTheme", {"themeType": "CUSTOM", "name": "acme"})
    assert (made["status"], made["body"]) == (201, {"themeType": "CUSTOM", "name": "acme"})
    with pytest.raises(ClientError) as caught:
        api(driver, "BrandingApi", "getBrandingThemeCss", "acme")
    assert caught.value.status == 404
    spec = {"fileName": css.name, "size": css.stat().st_size}
    begun = api(driver, "BrandingApi", "uploadBrandingThemeContents", spec, "acme")
    assert begun["status"] == 204
    link = begun["headers"]["link"]
    assert 'rel="upload:default"' in link and link.count("<") == 1
    url = link[link.index("<") + 1 : link.index(">")]
    assert 200 <= driver.call("upload", who="system", url=url, file=str(css), type="text/css")["status"] < 300
    assert api(driver, "BrandingApi", "getBrandingThemeCss", "acme")["body"] == css.read_text(encoding="utf-8")
    names = {one["name"]: one["themeType"] for one in api(driver, "BrandingApi", "getBrandingThemes")["body"]}
    assert names == {"Default": "BUILT_IN", "Dark": "BUILT_IN", "acme": "CUSTOM"}
    assert api(driver, "BrandingApi", "deleteBrandingTheme", "acme")["status"] == 204


@RELEASES
def test_defined_entities_from_interface_to_deletion(node: Drivers, release: str) -> None:
    driver = node(release)
    interface = {"name": "Able", "vendor": "acme", "nss": "able", "version": "1.0.0"}
    interface = api(driver, "DefinedInterfaceApi", "createInterface", interface)["body"]
    assert interface["id"] == "urn:vcloud:interface:acme:able:1.0.0" and interface["readonly"] is False
    kind = {
        "name": "Cluster", "vendor": "acme", "nss": "cluster", "version": "1.0.0", "schema": SCHEMA,
        "interfaces": [interface["id"]],
    }
    made = api(driver, "DefinedEntityTypeApi", "createDefinedEntityType", kind)
    assert (made["status"], made["body"]["id"]) == (201, "urn:vcloud:type:acme:cluster:1.0.0")
    assert made["body"]["schema"] == SCHEMA
    listed = api(driver, "DefinedEntityTypeApi", "getDefinedEntityTypes", 1, 25, "vendor==acme;nss==cluster")["body"]
    assert [one["id"] for one in listed["values"]] == [made["body"]["id"]]
    body = {"name": "one", "entity": {"nodes": "three"}}
    created = api(driver, "DefinedEntityApi", "createDefinedEntity", body, made["body"]["id"])
    assert created["status"] == 202 and "/api/task/" in created["headers"]["location"]
    page = api(driver, "DefinedEntityApi", "getDefinedEntitiesByEntityType", "acme", "cluster", "1.0.0", 1, 25)["body"]
    (entity,) = page["values"]
    assert (entity["state"], entity["owner"]["name"]) == ("PRE_CREATED", "administrator")
    with pytest.raises(ClientError) as caught:
        api(driver, "DefinedEntityApi", "deleteDefinedEntity", entity["id"])
    assert caught.value.status == 400
    state = api(driver, "DefinedEntityApi", "resolveDefinedEntity", entity["id"])["body"]
    assert state["state"] == "RESOLUTION_ERROR" and "nodes" in state["message"]
    etag = api(driver, "DefinedEntityApi", "getDefinedEntity", entity["id"])["headers"]["etag"]
    entity["entity"] = {"nodes": 3}
    changed = api(driver, "DefinedEntityApi", "updateDefinedEntity", entity, entity["id"])
    assert changed["status"] == 200 and changed["headers"]["etag"] != etag
    assert api(driver, "DefinedEntityApi", "resolveDefinedEntity", entity["id"])["body"]["state"] == "RESOLVED"
    with pytest.raises(ClientError) as caught:
        api(driver, "DefinedEntityTypeApi", "deleteDefinedEntityType", made["body"]["id"])
    assert caught.value.status == 400, "there is an entity of it"
    assert api(driver, "DefinedEntityApi", "deleteDefinedEntity", entity["id"])["status"] == 204
    assert api(driver, "DefinedEntityTypeApi", "deleteDefinedEntityType", made["body"]["id"])["status"] == 204
    assert api(driver, "DefinedInterfaceApi", "deleteInterface", interface["id"])["status"] == 204
