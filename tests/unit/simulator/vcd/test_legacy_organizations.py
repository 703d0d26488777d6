"""Organizations in `/api`: XML, and its JSON variant (contract section 4.2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from tests.unit.simulator.vcd.asking import HOST, V, Vcd

SYSTEM_ID = "a93c9db9-7471-3192-8d09-a8f7eeda85f9"
ADMIN_ORG = "application/vnd.vmware.admin.organization+xml"
QUERY_LINK = "application/vnd.vmware.vcloud.query.records+xml"
Maker = Callable[..., Vcd]


def admin_org(name: str = "neworg", inner: str = "<FullName>New Org</FullName><Settings/>") -> bytes:
    return f'<AdminOrg xmlns="http://www.vmware.com/vcloud/v1.5" name="{name}">{inner}</AdminOrg>'.encode()


def organization_id(vcd: Vcd, name: str = "Tyrell") -> str:
    return vcd.world.sites["North"].organizations[name].id


@pytest.mark.parametrize("target", ["/api/org/", "/api/org", "//api/org/"])
@pytest.mark.parametrize("release", ["9.7", "10.5"])
def test_the_list_of_references(system: Maker, release: str, target: str) -> None:
    vcd = system(release, tenants=("Weyland", "Tyrell"))
    status, root = vcd.xml(target)
    assert (status, root.tag) == (200, f"{V}OrgList")
    found = [(org.get("name"), org.get("href")) for org in root.findall(f"{V}Org")]
    assert found == [
        ("Tyrell", f"https://{HOST}/api/org/{organization_id(vcd)}"),
        ("Weyland", f"https://{HOST}/api/org/{organization_id(vcd, 'Weyland')}"),
        ("System", f"https://{HOST}/api/org/{SYSTEM_ID}"),
    ]
    assert {org.get("type") for org in root} == {"application/vnd.vmware.vcloud.org+xml"}


def test_the_list_in_the_json_variant(system: Maker) -> None:
    vcd = system("10.3", tenants=("Tyrell",))
    reply = vcd.get("/api/org/", accept="application/*+json;version=36.0")
    assert reply.header("content-type") == "application/vnd.vmware.vcloud.orgList+json;version=36.0"
    assert [one["name"] for one in json.loads(reply.body)["org"]] == ["Tyrell", "System"]


def test_one_organization(system: Maker) -> None:
    vcd = system("9.7")
    identity = organization_id(vcd)
    status, root = vcd.xml(f"/api/org/{identity}")
    assert (status, root.tag) == (200, f"{V}Org")
    assert dict(root.attrib) == {
        "name": "Tyrell",
        "id": f"urn:vcloud:org:{identity}",
        "href": f"https://{HOST}/api/org/{identity}",
        "type": "application/vnd.vmware.vcloud.org+xml",
    }
    assert [child.tag for child in root][-3:] == [f"{V}Description", f"{V}FullName", f"{V}IsEnabled"]
    assert root.findtext(f"{V}FullName") == "Tyrell" and root.findtext(f"{V}IsEnabled") == "true"
    body = json.loads(vcd.get(f"/api/org/{identity}", accept="application/*+json;version=32.0").body)
    assert (body["name"], body["fullName"], body["isEnabled"], body["description"]) == ("Tyrell", "Tyrell", True, "")


@pytest.mark.parametrize(
    ("user", "vdc", "catalog"),
    [
        ("administrator@system", "adminOrgVdc", "adminCatalog"),
        ("admin@Tyrell", "orgVdc", "catalog"),
    ],
)
def test_query_links_lead_to_vdcs_and_catalogs_from_33(vcd: Maker, user: str, vdc: str, catalog: str) -> None:
    made = vcd("10.3")
    made.log_in(user)
    identity = organization_id(made)
    _status, root = made.xml(f"/api/org/{identity}")
    links = [str(link.get("href")) for link in root.findall(f"{V}Link") if link.get("type") == QUERY_LINK]
    for word, kind in (("vdc", vdc), ("catalog", catalog)):
        first = next(address for address in links if word in address.lower())
        assert f"type={kind}&" in first
        status, found = made.xml(unquote(first).removeprefix(f"https://{HOST}"))
        assert (status, found.get("total")) == (200, "1")
    _status, old = made.xml(f"/api/org/{identity}", accept="application/*+xml;version=32.0")
    assert QUERY_LINK not in {link.get("type") for link in old.findall(f"{V}Link")}


def test_the_build_is_readable_after_login(vcd: Maker) -> None:
    made = vcd("10.3")
    assert made.xml("/api/admin/")[0] == 401
    for user, may_add in (("administrator@system", True), ("admin@Tyrell", False)):
        made.log_in(user)
        status, root = made.xml("/api/admin/")
        assert (status, root.tag) == (200, f"{V}VCloud")
        assert (root.findtext(f"{V}Description") or "").startswith("10.3.0.18296007 Thu Jul 15")
        added = [link.get("href") for link in root.findall(f"{V}Link") if link.get("rel") == "add"]
        assert added == ([f"https://{HOST}/api/admin/orgs"] if may_add else [])


def test_an_organization_from_creation_to_deletion(system: Maker) -> None:
    vcd = system("9.7")
    status, made = vcd.xml("/api/admin/orgs", "POST", admin_org(), content_type=ADMIN_ORG)
    assert (status, made.tag, made.get("name")) == (201, f"{V}AdminOrg", "neworg")
    path = str(made.get("href")).removeprefix(f"https://{HOST}")
    assert path == f"/api/admin/org/{organization_id(vcd, 'neworg')}"
    assert made.findtext(f"{V}IsEnabled") == "false"
    order = [child.tag.removeprefix(V) for child in made if child.tag != f"{V}Link"]
    assert order == [
        "Description", "FullName", "IsEnabled", "Settings", "Users", "Catalogs", "Vdcs", "Networks", "RightReferences",
        "RoleReferences",
    ]  # fmt: skip
    # go-vcloud-director finds users and roles in these lists, and breaks when there is no list of roles.
    assert [one.get("name") for one in made.findall(f"{V}Users/{V}UserReference")] == ["admin"]
    roles = {one.get("name"): one.get("href") or "" for one in made.findall(f"{V}RoleReferences/{V}RoleReference")}
    assert vcd.xml(roles["Organization Administrator"])[0] == 200

    assert vcd.ask("POST", f"{path}/action/enable").status == 204
    status, present = vcd.xml(path)
    assert present.findtext(f"{V}IsEnabled") == "true"
    assert vcd.xml(f"{path}?force=True&recursive=True", "DELETE")[0] == 400

    # pyvcloud sends back the document that it read, with another IsEnabled.
    enabled = present.find(f"{V}IsEnabled")
    assert enabled is not None
    enabled.text = "false"
    status, changed = vcd.xml(path, "PUT", ElementTree.tostring(present), content_type=ADMIN_ORG)
    assert (status, changed.findtext(f"{V}IsEnabled")) == (200, "false")
    rels = {link.get("rel") for link in changed.findall(f"{V}Link")}
    assert rels == {"alternate", "add", "edit", "enable", "remove"}

    reply = vcd.ask("DELETE", f"{path}?force=True&recursive=True", accept="application/*+xml;version=32.0")
    task = ElementTree.fromstring(reply.body)
    assert (reply.status, task.tag, reply.header("Location")) == (202, f"{V}Task", task.get("href"))
    assert vcd.xml(path)[1].find(f"{V}Tasks/{V}Task") is not None
    vcd.world.advance(1)
    assert vcd.xml(path)[0] == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (admin_org("a b"), 400),
        (admin_org("tyrell"), 400),
        (admin_org(inner="<FullName>x</FullName>"), 400),
        (admin_org(inner="<Settings/>"), 400),
        (admin_org(inner="<FullName>x</FullName><Settings/><Color/>"), 400),
        (admin_org(inner="<FullName>x</FullName><IsEnabled>maybe</IsEnabled><Settings/>"), 400),
        (admin_org(inner="<FullName>x</FullName><Settings><OrgLdapSettings/></Settings>"), 400),
        (b"<AdminOrg/>", 400),
        (b"<broken", 400),
        (b"<!DOCTYPE x>" + admin_org(), 400),
        (
            admin_org(
                inner="<Description>d</Description><FullName>x</FullName><IsEnabled>true</IsEnabled><Settings>"
                "<OrgGeneralSettings><CanPublishCatalogs>true</CanPublishCatalogs></OrgGeneralSettings>"
                "</Settings>"
            ),
            201,
        ),
    ],
)
def test_what_can_and_cannot_be_created(system: Maker, body: bytes, status: int) -> None:
    assert system("9.7").xml("/api/admin/orgs", "POST", body, content_type=ADMIN_ORG)[0] == status


def test_another_content_type_is_415(system: Maker) -> None:
    assert system("9.7").xml("/api/admin/orgs", "POST", admin_org(), content_type="application/xml")[0] == 415


def test_a_tenant_sees_his_own_organization_and_changes_none(vcd: Maker) -> None:
    made = vcd("9.7", tenants=("Tyrell", "Weyland"))
    made.log_in("admin@Tyrell")
    own, other = organization_id(made), organization_id(made, "Weyland")
    _status, root = made.xml("/api/org/")
    assert [org.get("name") for org in root] == ["Tyrell"]
    refused = [
        ("GET", f"/api/org/{other}"),
        ("GET", f"/api/admin/org/{other}"),
        ("GET", f"/api/org/{SYSTEM_ID}"),
        ("POST", f"/api/admin/org/{own}/action/disable"),
        ("DELETE", f"/api/admin/org/{own}?force=true&recursive=true"),
        ("POST", "/api/admin/orgs"),
    ]
    for method, path in refused:
        status, error = made.xml(path, method, admin_org(), content_type=ADMIN_ORG)
        assert (status, error.get("minorErrorCode")) == (403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN"), (method, path)
    assert made.xml(f"/api/org/{own}")[0] == 200
    assert made.xml(f"/api/admin/org/{own}")[0] == 200
