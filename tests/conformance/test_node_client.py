"""@vcd/node-client: every request of its published release asks for API 35.0, so the servers are of the first and the
last release that offer it."""

from __future__ import annotations

import json
import zipfile
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


def api(driver: Driver, api: str, method: str, *args: Any, who: str = "system", **headers: str) -> Any:
    """A call of one of the client's classes, its answer: status, headers, body. Further headers are written with _."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return driver.call("api", who=who, api=api, method=method, args=args, headers=more or None)


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
        "name": "Cluster",
        "vendor": "acme",
        "nss": "cluster",
        "version": "1.0.0",
        "schema": SCHEMA,
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


@RELEASES
def test_nobody_overwrites_what_he_has_not_seen(node: Drivers, server: Servers, release: str) -> None:
    driver = node(release)
    kind = {"name": "Plan", "vendor": "acme", "nss": "plan", "version": "1.0.0", "schema": SCHEMA}
    made = api(driver, "DefinedEntityTypeApi", "createDefinedEntityType", kind)["body"]
    api(driver, "DefinedEntityApi", "createDefinedEntity", {"name": "one", "entity": {"nodes": 1}}, made["id"])
    listed = ("DefinedEntityApi", "getDefinedEntitiesByEntityType", "acme", "plan", "1.0.0", 1, 25)
    (entity,) = api(driver, *listed)["body"]["values"]
    put = ("DefinedEntityApi", "updateDefinedEntity", {"name": "one", "entity": {"nodes": 2}}, entity["id"])
    seen = api(driver, "DefinedEntityApi", "getDefinedEntity", entity["id"])["headers"]["etag"]
    # If-Match counts from API 36.0, so what this client sends at 35.0 is not held to it.
    assert api(driver, *put, If_Match=seen)["status"] == api(driver, *put, If_Match=seen)["status"] == 200
    if server(release).release == "10.6":
        newer = {"Accept": "application/json;version=39.0"}
        with pytest.raises(ClientError) as caught:
            api(driver, *put, If_Match=seen, **newer)
        assert caught.value.status == 412
        seen = api(driver, "DefinedEntityApi", "getDefinedEntity", entity["id"])["headers"]["etag"]
        assert api(driver, *put, If_Match=seen, **newer)["status"] == 200
    api(driver, "DefinedEntityApi", "resolveDefinedEntity", entity["id"])
    api(driver, "DefinedEntityApi", "deleteDefinedEntity", entity["id"])
    api(driver, "DefinedEntityTypeApi", "deleteDefinedEntityType", made["id"])


@RELEASES
def test_what_an_organization_has(node: Drivers, release: str) -> None:
    driver = node(release)
    (vdc,) = api(driver, "VdcApi", "queryVdcs", 1, 25, who="tenant")["body"]["values"]
    assert (vdc["name"], vdc["org"]["name"]) == (f"{TENANT} A03 Allocated", TENANT)
    assert vdc["allocationType"] in ("ALLOCATION_VAPP", "ALLOCATION_POOL", "RESERVATION_POOL", "FLEX")
    assert api(driver, "VdcApi", "getVdc", vdc["id"])["body"]["id"] == vdc["id"]
    found = api(driver, "OrgVdcNetworksApi", "getAllVdcNetworks", 1, 25, f"orgVdc.id=={vdc['id']}")["body"]["values"]
    kinds = {one["name"]: one["networkType"] for one in found}
    assert kinds == {f"{TENANT} DMZ A03": "ISOLATED", f"{TENANT} Servers A03": "NAT_ROUTED"}
    (subnet,) = found[0]["subnets"]["values"]
    assert subnet["gateway"].count(".") == 3 and 0 < subnet["prefixLength"] <= 32
    one = api(driver, "OrgVdcNetworkApi", "getOrgVdcNetwork", found[0]["id"])["body"]
    assert (one["id"], one["status"]) == (found[0]["id"], "REALIZED")
    assert api(driver, "ProviderVdcApi", "getAllProviderVDCs", 1, 25)["body"]["resultTotal"] >= 1
    with pytest.raises(ClientError) as caught:
        api(driver, "VdcApi", "getVdc", "urn:vcloud:vdc:00000000-0000-0000-0000-000000000000")
    assert caught.value.status == 403, "not 404"


@RELEASES
def test_users_roles_and_rights(node: Drivers, server: Servers, release: str) -> None:
    driver, vcd = node(release), server(release)
    role = api(driver, "RolesApi", "createRole", {"name": "Night shift", "description": ""}, who="tenant")["body"]
    wanted = "name==Group / User: View"
    (right,) = api(driver, "RightsApi", "queryRights", 1, 25, wanted, who="tenant")["body"]["values"]
    only = {"values": [{"name": right["name"], "id": right["id"]}]}
    api(driver, "RolesApi", "replaceRightsInRole", only, role["id"], who="tenant")
    has = api(driver, "RolesApi", "queryRoleRights", 1, 25, role["id"], who="tenant")["body"]["values"]
    assert [one["name"] for one in has] == ["Group / User: View"]
    body = {
        "username": "leon",
        "password": "Lab-Only-2",
        "roleEntityRefs": [{"name": role["name"], "id": role["id"]}],
        "fullName": "Leon",
    }
    made = api(driver, "UserApi", "createUser", body, who="tenant")
    assert made["status"] == 201 and made["body"]["enabled"] is True
    driver.call("login", who="leon", url=vcd.url, user="leon", org=TENANT, password="Lab-Only-2")
    listed = api(driver, "UserApi", "queryUsers", 1, 25, "", "username", who="leon")["body"]["values"]
    assert [one["username"] for one in listed] == ["admin", "leon"]
    with pytest.raises(ClientError) as caught:
        api(driver, "RolesApi", "queryTenantRoles", 1, 25, who="leon")
    assert caught.value.status == 403
    assert api(driver, "UserApi", "deleteUser", made["body"]["id"], who="tenant")["status"] == 202


@RELEASES
def test_a_published_rights_bundle_shows_a_type_to_its_tenant(node: Drivers, release: str) -> None:
    driver = node(release)
    kind = {"name": "Backup", "vendor": "acme", "nss": "backup", "version": "1.0.0", "schema": SCHEMA}
    made = api(driver, "DefinedEntityTypeApi", "createDefinedEntityType", kind)["body"]
    mine = ("DefinedEntityTypeApi", "getDefinedEntityTypes", 1, 25, "nss==backup")
    assert api(driver, *mine, who="tenant")["body"]["values"] == [], "no right, no type"
    (bundle,) = api(driver, "RightsBundlesApi", "queryRightsBundles", 1, 25, "name==acme:backup Entitlement")["body"][
        "values"
    ]
    (org,) = api(driver, "OrgApi", "queryOrgs", 1, 25, f"name=={TENANT}")["body"]["values"]
    to = {"values": [{"name": org["name"], "id": org["id"]}]}
    assert api(driver, "RightsBundlesApi", "postRightsBundlePublish", to, bundle["id"])["status"] == 200
    (role,) = api(driver, "GlobalRolesApi", "queryGlobalRoles", 1, 25, "name==vApp Author")["body"]["values"]
    rights = api(driver, "RightsBundlesApi", "queryRightsBundleRights", 1, 25, bundle["id"])["body"]["values"]
    assert len(rights) == 5
    view = [one for one in rights if one["name"] == "acme:backup: View"]
    api(driver, "GlobalRolesApi", "addRightsToGlobalRole", {"values": view}, role["id"])
    has = api(driver, "GlobalRolesApi", "queryGlobalRoleRights", 1, 128, role["id"])["body"]["values"]
    assert view[0] in has
    assert api(driver, "DefinedEntityTypeApi", "deleteDefinedEntityType", made["id"])["status"] == 204
    assert api(driver, "RightsBundlesApi", "queryRightsBundles", 1, 25, "name==acme:*")["body"]["values"] == []


@RELEASES
def test_access_to_an_entity_is_granted_and_taken_back(node: Drivers, release: str) -> None:
    driver = node(release)
    kind = {"name": "Share", "vendor": "acme", "nss": "share", "version": "1.0.0", "schema": SCHEMA}
    made = api(driver, "DefinedEntityTypeApi", "createDefinedEntityType", kind)["body"]
    api(driver, "DefinedEntityApi", "createDefinedEntity", {"name": "one", "entity": {"nodes": 1}}, made["id"])
    listed = ("DefinedEntityApi", "getDefinedEntitiesByEntityType", "acme", "share", "1.0.0", 1, 25)
    (entity,) = api(driver, *listed, "entity.nodes==1")["body"]["values"]
    (org,) = api(driver, "OrgApi", "queryOrgs", 1, 25, f"name=={TENANT}")["body"]["values"]
    grant = {
        "grantType": "MembershipAccessControlGrant",
        "accessLevelId": "urn:vcloud:accessLevel:ReadOnly",
        "memberId": org["id"],
    }
    given = api(driver, "AccessControlsApi", "createEntityAccessControlGrant", entity["id"], grant)
    assert given["status"] == 201 and given["body"]["objectId"] == entity["id"]
    page = api(driver, "AccessControlsApi", "queryEntityAccessControlGrants", entity["id"], 1, 25)["body"]
    assert [one["id"] for one in page["values"]] == [given["body"]["id"]]
    taken = api(driver, "AccessControlsApi", "removeEntityAccessControlGrant", entity["id"], given["body"]["id"])
    assert taken["status"] == 204
    api(driver, "DefinedEntityApi", "resolveDefinedEntity", entity["id"])
    api(driver, "DefinedEntityApi", "deleteDefinedEntity", entity["id"])
    api(driver, "DefinedEntityTypeApi", "deleteDefinedEntityType", made["id"])


@RELEASES
def test_a_ui_plugin_is_uploaded_published_and_removed(node: Drivers, tmp_path: Path, release: str) -> None:
    driver = node(release)
    manifest = {
        "urn": "acme:hello",
        "name": "Hello",
        "containerVersion": "9.1.0",
        "version": "1.0.0",
        "scope": ["service-provider", "tenant"],
        "permissions": [],
        "description": "says hello",
        "vendor": "Acme",
        "license": "BSD-2",
        "link": "https://acme.example/",
        "module": "HelloModule",
        "route": "hello",
    }
    archive = tmp_path / "hello.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("manifest.json", json.dumps(manifest))
        made.writestr("bundle.js", "// hello\n")
    metadata = {
        "pluginName": "Hello",
        "vendor": "Acme",
        "version": "1.0.0",
        "license": "BSD-2",
        "link": "https://acme.example/",
        "description": "says hello",
        "tenant_scoped": True,
        "provider_scoped": True,
        "enabled": True,
    }
    added = api(driver, "UiPluginsApi", "addUiPlugin", metadata)
    plugin = added["body"]
    assert added["status"] == 201 and plugin["plugin_status"] == "unavailable"
    spec = {"fileName": archive.name, "size": archive.stat().st_size}
    begun = api(driver, "UiPluginResourceApi", "uploadUiPluginResource", spec, plugin["id"])
    link = begun["headers"]["link"]
    url = link[link.index("<") + 1 : link.index(">")]
    assert driver.call("upload", who="system", url=url, file=str(archive), type="application/zip")["status"] < 300
    assert api(driver, "UiPluginApi", "getUiPlugin", plugin["id"])["body"]["plugin_status"] == "ready"
    (org,) = api(driver, "OrgApi", "queryOrgs", 1, 25, f"name=={TENANT}")["body"]["values"]
    to = [{"name": org["name"], "id": org["id"]}]
    assert api(driver, "UiPluginTenantsApi", "postUiPluginPublish", to, plugin["id"])["status"] == 200
    tenants = api(driver, "UiPluginTenantsApi", "getUiPluginTenants", plugin["id"], 1, 25)["body"]
    assert [one["name"] for one in tenants["values"]] == [TENANT]
    assert plugin["id"] in [one["id"] for one in api(driver, "UiPluginsApi", "getUiPlugins")["body"]]
    with pytest.raises(ClientError) as caught:
        api(driver, "UiPluginsApi", "addUiPlugin", metadata)
    assert caught.value.status == 400, "name, vendor and version are taken"
    assert api(driver, "UiPluginApi", "deleteUiPlugin", plugin["id"])["status"] == 204
    with pytest.raises(ClientError) as caught:
        api(driver, "UiPluginApi", "getUiPlugin", plugin["id"])
    assert caught.value.status == 500, "as the real server does"


@RELEASES
def test_logos_of_system_and_tenant(node: Drivers, release: str) -> None:
    driver = node(release)
    mark = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    assert api(driver, "BrandingApi", "putTenantLogo", "image/svg+xml", mark, TENANT)["status"] == 204
    # By itself this client asks for JSON always (contract 3.7), which fits no image (3.4).
    with pytest.raises(ClientError) as caught:
        api(driver, "BrandingApi", "getTenantLogo", TENANT)
    assert caught.value.status == 406
    mine = api(driver, "BrandingApi", "getTenantLogo", TENANT, Accept="image/*;version=35.0")
    assert mine["headers"]["content-type"].startswith("image/svg+xml")
    with pytest.raises(ClientError) as caught:
        api(driver, "BrandingApi", "putTenantLogo", "text/plain", mark, TENANT)
    assert caught.value.status == 415
    assert api(driver, "BrandingApi", "deleteTenantLogo", TENANT)["status"] == 204
