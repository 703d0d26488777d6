"""Requests that no known client sends, but a stranger may: the vCD answers them in its own words, and quickly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.simulator.vcd import fiql
from tests.unit.simulator.vcd.asking import V, Vcd

Maker = Callable[..., Vcd]
LISTS = ("/cloudapi/1.0.0/orgs?", "/api/query?type=organization&")
ADMIN_ORG = "application/vnd.vmware.admin.organization+xml"


def admin_org(name: str = "new", full_name: str = "New", head: str = "") -> str:
    return (
        f'{head}<AdminOrg xmlns="http://www.vmware.com/vcloud/v1.5" name="{name}"><FullName>{full_name}</FullName>'
        "<IsEnabled>true</IsEnabled><Settings/></AdminOrg>"
    )


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("number", ["0", "-1", "1_0", "%202", "%D9%A3", "9" * 19, "9" * 5000, "", "x"])
def test_only_plain_decimal_numbers_page(system: Maker, path: str, number: str) -> None:
    """`page` from 1, `pageSize` at most 128 (contract 4.1, 4.5)."""
    made = system("10.3")
    for name in ("page", "pageSize"):
        assert made.get(f"{path}{name}={number}").status == 400


@pytest.mark.parametrize("path", LISTS)
def test_parentheses_without_end_are_a_bad_filter(system: Maker, path: str) -> None:
    made = system("10.3")
    assert made.get(f"{path}filter={'(' * 20_000}").status == 400
    assert made.get(f"{path}filter={'(' * 40}name==Tyrell{')' * 40}").status == 200
    assert made.get(f"{path}filter={'(name==Tyrell),' * 200}name==x").status == 200


def test_many_wildcards_come_to_an_end() -> None:
    """`*` is a wildcard (contract 4.1); a regular expression would backtrack for ever here."""
    test = fiql.predicate(fiql.parse(f"name=={'*a' * 30}*b"), {"name": str})
    assert not test({"name": "a" * 128})
    assert test({"name": "a" * 127 + "b"})


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "", True), ("a*", "A", True), ("*a", "ba", True), ("a*a", "a", False), ("a*a", "aa", True),
        ("*b*", "abc", True), ("a*b*c", "acb", False), ("ab*ba", "aba", False), ("*a*a*", "xaya", True),
        ("*a*a*", "xa", False), ("a.*", "abc", False), ("*Ü*", "zürich", True),
    ],
)  # fmt: skip
def test_wildcards_stand_for_any_text(pattern: str, name: str, fits: bool) -> None:
    assert fiql.predicate(fiql.parse(f"name=={pattern}"), {"name": str})({"name": name}) is fits


@pytest.mark.parametrize("path", ["/api/%0B", "/api/org/%00%01", "/api/%EF%BF%BE", "/api/query?type=%0B"])
def test_an_error_that_quotes_a_control_character_is_still_xml(system: Maker, path: str) -> None:
    """Errors of `/api` are `Error` documents (contract 2.7)."""
    status, root = system("10.3").xml(path)
    assert status in (400, 403, 404) and root.tag == f"{V}Error" and root.get("majorErrorCode") == str(status)


@pytest.mark.parametrize(
    "body",
    [
        admin_org(head='<?xml version="1.0" encoding="foo"?>').encode(),
        admin_org(head="<?xml version='1.0' encoding='utf-7'?>").encode(),
        admin_org(head='<?xml version="1.0" encoding="big5"?>').encode(),
        admin_org(full_name="&x;", head='<!DOCTYPE AdminOrg [<!ENTITY x "y">]>').encode(),
        admin_org(full_name="&x;", head='<!DOCTYPE AdminOrg [<!ENTITY x "y">]>').encode("utf-16"),
        admin_org(full_name="&x;").encode(),
        b"",
    ],
)  # fmt: skip
def test_xml_in_disguise_is_refused(system: Maker, body: bytes) -> None:
    """Bad content is 400 (contract 2.7), entities of a document's own included."""
    made = system("10.3")
    assert made.xml("/api/admin/orgs", "POST", body, content_type=ADMIN_ORG)[0] == 400
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    answer = made.xml("/api/admin/orgs", "POST", admin_org("ok", "Zürich", head).encode(), content_type=ADMIN_ORG)
    assert answer[0] == 201 and answer[1].findtext(f"{V}FullName") == "Zürich"


@pytest.mark.parametrize("name", ["\ud800", "\ufffe", "\x0b"])
def test_names_that_xml_cannot_carry_are_refused_in_json_as_well(system: Maker, name: str) -> None:
    """Both families show the same organizations (contract 4.2), so one of them must not break the other."""
    made = system("10.3")
    body = json.dumps({"name": "new", "displayName": name}).encode()
    assert made.ask("POST", "/cloudapi/1.0.0/orgs", body, content_type="application/json").status == 400
    assert made.xml("/api/query?type=organization")[0] == 200


def test_line_ends_of_a_description_survive_xml(system: Maker) -> None:
    made = system("10.3")
    body: dict[str, Any] = {"name": "new", "displayName": "New", "description": "one\r\ntwo\tthree"}
    reply = made.ask("POST", "/cloudapi/1.0.0/orgs", json.dumps(body).encode(), content_type="application/json")
    identity = reply.document()["id"].rpartition(":")[2]
    _status, root = made.xml(f"/api/admin/org/{identity}")
    assert root.findtext(f"{V}Description") == body["description"]


def test_a_path_is_quoted_whole_in_the_link_to_the_next_page(system: Maker) -> None:
    made = system("10.3", tenants=tuple(f"t{number}" for number in range(4)))
    target = f"/api/query?type=organization&pageSize=2&filter={quote('(name==t*;name!=t3)', safe='')}"
    _status, root = made.xml(target)
    link = root.find(f"{V}Link")
    assert link is not None
    following = ElementTree.fromstring(made.get(link.get("href", ""), accept="application/*+xml;version=36.0").body)
    assert [record.get("name") for record in following.findall(f"{V}OrgRecord")] == ["t2"]


@pytest.mark.parametrize(
    ("setting", "status"),
    [
        ("<UseServerBootSequence>true</UseServerBootSequence>", 201), ("<DeployedVMQuota>0</DeployedVMQuota>", 201),
        ("<DeployedVMQuota>5</DeployedVMQuota>", 201), ("<DeployedVMQuota>-5</DeployedVMQuota>", 400),
        ("<VdcQuota>5</VdcQuota>", 400), ("<CanSubscribe>true</CanSubscribe>", 400), ("<Color>0</Color>", 400),
    ],
)  # fmt: skip
def test_settings_that_are_kept_or_say_what_holds_anyway_are_taken(system: Maker, setting: str, status: int) -> None:
    """Members of `OrgGeneralSettings` (contract 4.2); go-vcloud-director sets the boot sequence with any of them."""
    general = f"<Settings><OrgGeneralSettings>{setting}</OrgGeneralSettings></Settings>"
    body = admin_org().replace("<Settings/>", general).encode()
    assert system("10.3").xml("/api/admin/orgs", "POST", body, content_type=ADMIN_ORG)[0] == status


def test_quotas_of_an_organization_are_kept_until_an_xml_document_says_otherwise(system: Maker) -> None:
    """Contract 4.2 and 4.5: written in `AdminOrg`, told there and in records; `/cloudapi` does not have them."""
    vcd = system("10.3")
    quotas = "<DeployedVMQuota>5</DeployedVMQuota><StoredVmQuota>9</StoredVmQuota>"
    settings = f"<Settings><OrgGeneralSettings>{quotas}</OrgGeneralSettings></Settings>"
    body = admin_org().replace("<Settings/>", settings)
    status, made = vcd.xml("/api/admin/orgs", "POST", body.encode(), content_type=ADMIN_ORG)
    assert status == 201
    name = made.get("name", "")

    def told() -> tuple[str | None, str | None]:
        _status, root = vcd.xml(f"/api/query?type=organization&filter=name=={quote(name)}")
        record = root.find(f"{V}OrgRecord")
        assert record is not None
        return record.get("deployedVMQuota"), record.get("storedVMQuota")

    assert told() == ("5", "9")
    address = f"/cloudapi/1.0.0/orgs/{made.get('id')}"
    document = {**json.loads(vcd.get(address).body), "displayName": "Other"}
    assert vcd.ask("PUT", address, json.dumps(document).encode(), content_type="application/json").status == 200
    assert told() == ("5", "9")
    bare = admin_org().encode()
    assert vcd.xml(f"/api/admin/org/{(made.get('id') or '')[-36:]}", "PUT", bare, content_type=ADMIN_ORG)[0] == 200
    assert told() == ("0", "0")
