"""The query service (contract section 4.5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.unit.simulator.vcd.asking import HOST, V, Vcd

TENANTS = tuple(f"Org-{number:02d}" for number in range(1, 31))
MEDIA = "application/vnd.vmware.vcloud.query"
Maker = Callable[..., Vcd]


def query(vcd: Vcd, text: str, **headers: str) -> ElementTree.Element:
    status, root = vcd.xml(f"/api/query?type=organization&{text}", "GET", b"", **headers)
    assert status == 200, ElementTree.tostring(root)
    return root


def names(root: ElementTree.Element) -> list[str | None]:
    return [child.get("name") for child in root if child.tag != f"{V}Link"]


@pytest.mark.parametrize(("user", "admin"), [("administrator@system", True), ("admin@Tyrell", False)])
def test_without_a_type_the_types_are_listed_in_three_formats(vcd: Maker, user: str, admin: bool) -> None:
    made = vcd("9.7")
    made.log_in(user)
    status, root = made.xml("/api/query")
    assert (status, root.tag) == (200, f"{V}QueryList")
    links = [(link.get("name"), link.get("type"), link.get("href")) for link in root]
    for style in ("records", "idrecords", "references"):
        address = f"https://{HOST}/api/query?type=organization&format={style}"
        assert ("organization", f"{MEDIA}.{style}+xml", address) in links
    assert any(str(name).startswith("admin") for name, _type, _href in links) is admin
    for _name, _type, href in links:
        assert made.xml(str(href).removeprefix(f"https://{HOST}"))[0] == 200, href


def test_records_of_organizations(system: Maker) -> None:
    vcd = system("9.7", tenants=("Tyrell",))
    root = query(vcd, "page=1")
    identity = vcd.world.sites["North"].organizations["Tyrell"].id
    attributes = [root.get(name) for name in ("name", "page", "pageSize", "total", "type")]
    assert root.tag == f"{V}QueryResultRecords"
    assert attributes == ["organization", "1", "25", "1", f"{MEDIA}.records+xml"]
    (record,) = root
    assert (record.tag, dict(record.attrib)) == (
        f"{V}OrgRecord",
        {
            "href": f"https://{HOST}/api/org/{identity}",
            "name": "Tyrell",
            "displayName": "Tyrell",
            "isEnabled": "true",
            "isReadOnly": "false",
            "canPublishCatalogs": "false",
            "deployedVMQuota": "0",
            "storedVMQuota": "0",
            "numberOfCatalogs": "1",
            "numberOfVdcs": "1",
            "numberOfVApps": "2",
            "numberOfGroups": "0",
            "numberOfDisks": "0",
        },
    )


def test_id_records_and_references(system: Maker) -> None:
    vcd = system("9.7", tenants=("Tyrell",))
    identity = vcd.world.sites["North"].organizations["Tyrell"].id
    (record,) = query(vcd, "format=idrecords&fields=name")
    assert dict(record.attrib) == {"id": f"urn:vcloud:org:{identity}", "name": "Tyrell"}
    root = query(vcd, "format=references")
    (reference,) = root
    assert root.get("type") == f"{MEDIA}.references+xml"
    assert (reference.get("href"), reference.get("name"), reference.get("type")) == (
        f"https://{HOST}/api/org/{identity}",
        "Tyrell",
        "application/vnd.vmware.vcloud.org+xml",
    )


def test_the_json_variant_of_a_query(system: Maker) -> None:
    vcd = system("10.3", tenants=("Tyrell",))
    body = json.loads(vcd.get("/api/query?type=organization", accept="application/*+json;version=36.0").body)
    assert (body["name"], body["total"], body["page"]) == ("organization", 1, 1)
    assert (body["record"][0]["name"], body["record"][0]["isEnabled"]) == ("Tyrell", True)


def test_next_page_links_lead_through_the_whole_list(system: Maker) -> None:
    vcd = system("9.7", tenants=TENANTS)
    address: str | None = f"/api/query?type=organization&pageSize=8&filter={quote('name!=Org-07')}&sortDesc=name"
    seen: list[str | None] = []
    while address:
        status, root = vcd.xml(address)
        assert (status, root.get("total")) == (200, "29")
        seen += names(root)
        following = [link.get("href") for link in root.findall(f"{V}Link") if link.get("rel") == "nextPage"]
        address = str(following[0]).removeprefix(f"https://{HOST}") if following else None
    assert seen == [name for name in sorted(TENANTS, reverse=True) if name != "Org-07"]


@pytest.mark.parametrize(
    ("version", "text", "found"),
    [
        ("32.0", "filter=name%3D%3DOrg-03", ["Org-03"]),
        ("32.0", "filter=name==Org-03", ["Org-03"]),
        ("32.0", "filterEncoded=true&filter=name%3D%3DOrg%252D03", ["Org-03"]),
        ("32.0", "filter=name%3D%3DOrg%252D03", []),
        ("36.0", "filterEncoded=true&filter=name%3D%3DOrg%252D03", []),
        ("36.0", "filter=name==Org%2D03", ["Org-03"]),
        ("36.0", "filter=(name==Org-03;isEnabled==true)", ["Org-03"]),
        ("36.0", "filter=name==Org-03,name==org-01", ["Org-01", "Org-03"]),
        ("36.0", "filter=name==*-30&fields=name,isEnabled&links=true", ["Org-30"]),
        ("36.0", "filter=numberOfVdcs=gt=1", []),
    ],
)
def test_filters_in_both_encodings(system: Maker, version: str, text: str, found: list[str]) -> None:
    root = query(system("10.3", tenants=TENANTS), text, accept=f"application/*+xml;version={version}")
    assert names(root) == found


def test_special_characters_are_escaped_from_35_and_encoded_twice_below(system: Maker) -> None:
    vcd = system("10.3", tenants=("a(b),c$", "abc"))
    old, new = "application/*+xml;version=34.0", "application/*+xml;version=36.0"
    twice = quote("name==" + quote("a(b),c$", safe=""), safe="")
    assert names(query(vcd, f"filterEncoded=true&filter={twice}", accept=old)) == ["a(b),c$"]
    assert names(query(vcd, "filter=name==a%5C%28b%5C%29%5C%2Cc%24", accept=new)) == ["a(b),c$"]


@pytest.mark.parametrize("form", ["{base}/api/org/{id}", "urn:vcloud:org:{id}", "{id}"])
@pytest.mark.parametrize("field", ["href", "id"])
def test_references_are_found_by_address_urn_and_uuid(system: Maker, form: str, field: str) -> None:
    vcd = system("10.3", tenants=("Tyrell", "Weyland"))
    identity = vcd.world.sites["North"].organizations["Tyrell"].id
    value = form.format(base=f"https://{HOST}", id=identity)
    assert names(query(vcd, f"filter={quote(f'{field}=={value}')}")) == ["Tyrell"]


@pytest.mark.parametrize(
    "text",
    [
        "filter=unknown==1",
        "filter=name",
        "sortAsc=unknown",
        "fields=unknown",
        "format=pictures",
        "pageSize=129",
        "page=0",
    ],
)
def test_what_a_query_cannot_ask_for_is_400(system: Maker, text: str) -> None:
    assert system("9.7").xml(f"/api/query?type=organization&{text}")[0] == 400


def test_types_that_are_not_listed_cannot_be_queried(system: Maker) -> None:
    assert system("9.7").xml("/api/query?type=starship")[0] == 400


def test_tenants_see_their_own_organization_and_no_admin_types(vcd: Maker) -> None:
    made = vcd("9.7", tenants=("Tyrell", "Weyland"))
    made.log_in("admin@Tyrell")
    assert names(query(made, "page=1")) == ["Tyrell"]
    assert names(query(made, "filter=name==Weyland")) == []
    for kind in ("adminTask", "adminOrgVdc", "adminVM"):
        status, error = made.xml(f"/api/query?type={kind}")
        assert (status, error.get("minorErrorCode")) == (403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN"), kind
