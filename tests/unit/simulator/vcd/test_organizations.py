"""Organizations in `/cloudapi` (contract sections 4.1 and 4.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.simulator.wire import Reply
from tests.unit.simulator.vcd.asking import HOST, Vcd

ORGS = "/cloudapi/1.0.0/orgs"
TENANTS = tuple(f"Org-{number:02d}" for number in range(1, 31))
JSON = "application/json"
Maker = Callable[..., Vcd]


def page(vcd: Vcd, query: str = "") -> dict[str, Any]:
    reply = vcd.get(f"{ORGS}?{query}")
    assert reply.status == 200, reply.body
    found: dict[str, Any] = json.loads(reply.body)
    return found


def names(vcd: Vcd, query: str = "") -> list[str]:
    return [one["name"] for one in page(vcd, query)["values"]]


def write(vcd: Vcd, method: str, path: str, body: Any, **headers: str) -> Reply:
    return vcd.ask(method, path, json.dumps(body).encode(), **{"content_type": JSON, **headers})


def delete(vcd: Vcd, urn: str, query: str = "force=true&recursive=true") -> Reply:
    return vcd.ask("DELETE", f"{ORGS}/{urn}?{query}")


def test_the_page_envelope_and_the_fields_of_an_organization(system: Maker) -> None:
    vcd = system("10.3", tenants=("Tyrell",))
    body = page(vcd)
    (tyrell,) = body.pop("values")
    assert body == {"resultTotal": 1, "pageCount": 1, "page": 1, "pageSize": 25, "associations": None}
    assert tyrell == {
        "id": f"urn:vcloud:org:{vcd.world.sites['North'].organizations['Tyrell'].id}",
        "name": "Tyrell",
        "displayName": "Tyrell",
        "description": "",
        "isEnabled": True,
        "orgVdcCount": 1,
        "catalogCount": 1,
        "vappCount": 2,
        "runningVMCount": 3,
        "userCount": 1,
        "diskCount": 0,
        "canPublish": False,
    }


def test_an_empty_list_is_a_page_too(system: Maker) -> None:
    body = page(system("10.3", tenants=()))
    assert body == {
        "resultTotal": 0,
        "pageCount": 0,
        "page": 1,
        "pageSize": 25,
        "associations": None,
        "values": [],
    }


def test_next_page_links_lead_through_the_whole_list_in_the_order_of_names(system: Maker) -> None:
    vcd = system("10.3", tenants=TENANTS[::-1])
    address, seen = f"{ORGS}?pageSize=8&filter={quote('name!=Org-07')}&sortDesc=name", []
    for number in range(1, 5):
        reply = vcd.get(address)
        body = json.loads(reply.body)
        assert (body["page"], body["pageCount"], body["resultTotal"]) == (number, 4, 29)
        seen += [one["name"] for one in body["values"]]
        link = reply.header("Link")
        if number < 4:
            match = re.fullmatch(r'<(.*)>;rel="nextPage";type="application/json";model="Orgs"', link or "")
            assert match is not None and match[1].startswith(f"https://{HOST}{ORGS}?")
            address = match[1].removeprefix(f"https://{HOST}")
    assert link is None
    assert seen == [name for name in sorted(TENANTS, reverse=True) if name != "Org-07"]
    assert names(vcd, "page=9&pageSize=8") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("pageSize=128", 200),
        ("pageSize=129", 400),
        ("pageSize=0", 400),
        ("page=0", 400),
        ("page=x", 400),
        ("pageSize=-1", 400),
        ("sortAsc=userCount", 200),
        ("sortDesc=nothing", 400),
        ("filter=nothing%3D%3D1", 400),
        ("filter=name", 400),
        ("filter=userCount%3D%3Dx", 400),
        ("filter=", 200),
    ],
)
def test_paging_sorting_and_filters_outside_their_limits_are_400(system: Maker, query: str, status: int) -> None:
    assert system("10.3").get(f"{ORGS}?{query}").status == status


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name==org-03", ["Org-03"]),
        ("(name==ORG-03,name==Org-01,name==none)", ["Org-01", "Org-03"]),
        ("name==System", []),
        ("name==Org-2*", [f"Org-2{n}" for n in range(10)]),
        ("name==Org-3*;isEnabled==true", ["Org-30"]),
        ("isEnabled==false", []),
        ("name=gt=org-28", ["Org-29", "Org-30"]),
        ("displayName==Org-05", ["Org-05"]),
    ],
)
@pytest.mark.parametrize("safe", ["", "=*;,()"])
def test_filters_whether_their_operators_arrive_raw_or_encoded(
    system: Maker, text: str, found: list[str], safe: str
) -> None:
    assert names(system("10.3", tenants=TENANTS), f"filter={quote(text, safe=safe)}") == found


def test_sorting_by_a_field(system: Maker) -> None:
    vcd = system("10.3", tenants=("b", "a", "C"))
    assert names(vcd) == ["a", "b", "C"]
    assert names(vcd, "sortDesc=name") == ["C", "b", "a"]
    assert names(vcd, "sortAsc=displayName") == ["a", "b", "C"]


def test_one_organization_by_its_urn_raw_and_encoded(system: Maker) -> None:
    vcd = system("10.3")
    urn = page(vcd)["values"][0]["id"]
    for address in (urn, quote(urn, safe=""), f"{urn}/"):
        assert json.loads(vcd.get(f"{ORGS}/{address}").body)["name"] == "Tyrell"
    missing = vcd.get(f"{ORGS}/urn:vcloud:org:00000000-0000-4000-8000-000000000000")
    assert missing.status == 403
    assert json.loads(missing.body)["minorErrorCode"] == "ACCESS_TO_RESOURCE_IS_FORBIDDEN"


def test_an_organization_from_creation_to_deletion(system: Maker) -> None:
    vcd = system("10.3")
    made = write(vcd, "POST", ORGS, {"name": "acme", "displayName": "Acme Ltd"})
    acme = json.loads(made.body)
    assert made.status == 201
    assert made.header("Content-Location") == f"https://{HOST}{ORGS}/{acme['id']}"
    assert (acme["isEnabled"], acme["description"], acme["canPublish"]) == (False, "", False)
    assert names(vcd) == ["acme", "Tyrell"] and names(vcd, "filter=name==ACME") == ["acme"]
    assert "acme" in vcd.world.sites["North"].organizations, "vCloud Availability sees it too"

    wanted = {**acme, "displayName": "Acme", "description": "ducks", "isEnabled": True, "canPublish": True}
    changed = write(vcd, "PUT", f"{ORGS}/{acme['id']}", wanted)
    assert (changed.status, json.loads(changed.body)) == (200, wanted)
    assert page(vcd, "filter=name==acme")["values"] == [wanted]
    tenant = vcd.service.site_state.authenticate("admin", "acme", vcd.service.site_state.spec.vcd_password)
    assert tenant is not None

    assert delete(vcd, acme["id"]).status == 400, "it is enabled"
    short = write(vcd, "PUT", f"{ORGS}/{acme['id']}", {"name": "acme", "displayName": "Acme"})
    assert json.loads(short.body) == {**acme, "displayName": "Acme"}, "PUT replaces: what is left out has its default"
    for query in ("", "force=true", "recursive=true"):
        assert delete(vcd, acme["id"], query).status == 400, query
    assert delete(vcd, acme["id"], "force=perhaps&recursive=true").status == 400

    gone = delete(vcd, acme["id"])
    assert (gone.status, gone.body) == (202, b"")
    task = (gone.header("Location") or "").removeprefix(f"https://{HOST}")
    assert re.fullmatch(r"/api/task/[0-9a-f-]{36}", task)
    busy = write(vcd, "PUT", f"{ORGS}/{acme['id']}", wanted)
    assert (busy.status, json.loads(busy.body)["minorErrorCode"]) == (400, "BUSY_ENTITY")
    assert names(vcd) == ["acme", "Tyrell"], "until the task succeeds"
    vcd.world.advance(vcd.world.task_seconds)
    assert names(vcd) == ["Tyrell"]
    assert vcd.get(f"{ORGS}/{acme['id']}").status == 403
    assert json.loads(vcd.get(task, accept="application/*+json;version=36.0").body)["status"] == "success"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"displayName": "x"}, "BAD_REQUEST"),
        ({"name": "x"}, "BAD_REQUEST"),
        ({"name": "a b", "displayName": "x"}, "INVALID_NAME"),
        ({"name": "", "displayName": "x"}, "INVALID_NAME"),
        ({"name": "ä", "displayName": "x"}, "INVALID_NAME"),
        ({"name": "x" * 129, "displayName": "x"}, "INVALID_NAME"),
        ({"name": "x", "displayName": "x" * 129}, "BAD_REQUEST"),
        ({"name": "x", "displayName": ""}, "BAD_REQUEST"),
        ({"name": "x", "displayName": "x", "description": "x" * 257}, "BAD_REQUEST"),
        ({"name": "x", "displayName": "x\x00"}, "BAD_REQUEST"),
        ({"name": "x", "displayName": "x", "isEnabled": "yes"}, "BAD_REQUEST"),
        ({"name": "x", "displayName": "x", "colour": "red"}, "BAD_REQUEST"),
        ({"name": "TYRELL", "displayName": "x"}, "DUPLICATE_NAME"),
        ({"name": "system", "displayName": "x"}, "DUPLICATE_NAME"),
        (["x"], "BAD_REQUEST"),
    ],
)
def test_what_cannot_be_created(system: Maker, body: Any, code: str) -> None:
    reply = write(system("10.3"), "POST", ORGS, body)
    assert (reply.status, json.loads(reply.body)["minorErrorCode"]) == (400, code)


def test_every_character_of_the_rule_may_stand_in_a_name(system: Maker) -> None:
    vcd = system("10.3")
    name = "aZ09_-.!'(),$" + "x" * 115
    assert write(vcd, "POST", ORGS, {"name": name, "displayName": "x"}).status == 201
    escaped = re.sub(r"([(),;])", r"\\\1", name)
    assert names(vcd, f"filter={quote('name==' + escaped, safe='')}") == [name]


def test_bodies_that_are_not_json(system: Maker) -> None:
    vcd = system("10.3")
    assert vcd.ask("POST", ORGS, b"{", content_type=JSON).status == 400
    assert vcd.ask("POST", ORGS, b"{}", content_type="text/plain").status == 415
    assert write(vcd, "POST", ORGS, {}, content_type="application/json;version=36.0").status == 400


def test_a_name_cannot_be_changed_and_system_cannot_be_touched(system: Maker) -> None:
    vcd = system("10.3")
    tyrell = page(vcd)["values"][0]
    assert write(vcd, "PUT", f"{ORGS}/{tyrell['id']}", {**tyrell, "name": "Weyland"}).status == 400
    root = "urn:vcloud:org:a93c9db9-7471-3192-8d09-a8f7eeda85f9"
    assert json.loads(vcd.get(f"{ORGS}/{root}").body)["name"] == "System"
    assert write(vcd, "PUT", f"{ORGS}/{root}", {"name": "System", "displayName": "x"}).status == 400
    assert delete(vcd, root).status == 400


def test_a_tenant_sees_his_own_organization_and_changes_none(vcd: Maker) -> None:
    made = vcd("10.3", tenants=("Tyrell", "Weyland"))
    made.log_in()
    ids = {one["name"]: one["id"] for one in page(made)["values"]}
    made.log_in("admin@Tyrell")
    assert names(made) == ["Tyrell"]
    assert names(made, "filter=name==Weyland") == []
    assert made.get(f"{ORGS}/{ids['Tyrell']}").status == 200
    assert made.get(f"{ORGS}/{ids['Weyland']}").status == 403
    assert write(made, "POST", ORGS, {"name": "x", "displayName": "x"}).status == 403
    assert write(made, "PUT", f"{ORGS}/{ids['Tyrell']}", {"name": "Tyrell", "displayName": "x"}).status == 403
    assert delete(made, ids["Tyrell"]).status == 403


def test_changes_behind_the_back_of_the_api_are_seen_at_once(system: Maker) -> None:
    vcd = system("10.3")
    site = vcd.world.sites["North"]
    assert names(vcd) == ["Tyrell"]
    site.add_organizations(["acme"], 0, "x")
    assert names(vcd) == ["acme", "Tyrell"]
    site.remove_organization("Tyrell")
    assert names(vcd) == ["acme"] and names(vcd, "filter=name==Tyrell") == []
    vcd.world.reset()
    vcd.log_in()
    assert names(vcd) == ["Tyrell"]


def test_five_thousand_organizations_are_listed_found_and_added_to(system: Maker) -> None:
    vcd = system("10.3")
    vcd.world.scale(5000)
    assert page(vcd, "pageSize=128")["resultTotal"] == 5001
    for number in range(1, 41):
        assert vcd.get(f"{ORGS}?pageSize=128&page={number}").status == 200
    for number in range(1, 201):
        assert names(vcd, f"filter=name==tenant-{number:05d}") == [f"tenant-{number:05d}"]
    for number in range(100):
        assert write(vcd, "POST", ORGS, {"name": f"new-{number}", "displayName": "x"}).status == 201
        assert names(vcd, f"filter=name==new-{number}") == [f"new-{number}"]
