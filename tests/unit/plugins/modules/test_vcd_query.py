"""Any type of the query service, asked of simulated vCloud Directors in both encodings of filters."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import queries
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_org import Organization
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_query import Query
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import Vcd

vcd = vcds.fixture("9.0", "9.7", "10.6")


@pytest.mark.parametrize(
    "attribute, text, value",
    [
        ("name", "007", "007"),
        ("containerName", "true", "true"),
        ("description", "", None),
        ("isEnabled", "true", True),
        ("enabled", "false", False),
        ("hasOwner", "true", True),
        ("canPublishCatalogs", "false", False),
        ("issuer", "true", "true"),
        ("memoryMB", "4096", 4096),
        ("storageKB", "-1", -1),
        ("numberOfVApps", "0", 0),
        ("cpuLimitMhz", "2000", 2000),
        ("deployedVMQuota", "5", 5),
        ("usedIpCount", "3", 3),
        ("hardwareVersion", "14", 14),
        ("progress", "100", 100),
        ("memoryMB", "a lot", "a lot"),
        ("status", "POWERED_ON", "POWERED_ON"),
    ],
)
def test_the_name_of_an_attribute_says_what_it_is(attribute: str, text: str, value: Any) -> None:
    found = queries.value(attribute, text)
    assert (found, type(found)) == (value, type(value))


def test_records_come_with_the_servers_names(vcd: Vcd) -> None:
    (org,) = vcd.run(Query, type="organization", filter={"name": "Tyrell"})["vcd_query"]
    assert org["name"] == "Tyrell"
    assert org["id"].startswith("urn:vcloud:org:")
    assert org["isEnabled"] is True
    assert isinstance(org["numberOfVApps"], int)


def test_all_pages_come_in_the_order_that_was_asked_for(vcd: Vcd) -> None:
    vcd.control.scale(300)
    found = vcd.run(Query, type="organization", fields=["name"], sort="-name")["vcd_query"]
    names = [org["name"] for org in found]
    assert len(names) > 300
    assert [name.lower() for name in names] == sorted((name.lower() for name in names), reverse=True)
    assert {frozenset(org) for org in found} == {frozenset({"id", "name"})}
    assert len(vcd.requests) == 3


def test_equality_means_what_it_says(vcd: Vcd) -> None:
    def names(**options: Any) -> list[str]:
        return [org["name"] for org in vcd.run(Query, type="organization", fields=["name"], **options)["vcd_query"]]

    vcd.run(Organization, name="Wallace", full_name="Wallace, Niander & (Sons); Ltd", enabled=False)
    assert names(filter={"name": "tyrell"}) == []
    assert names(filter={"name": "Ty*l"}) == ["Tyrell"]
    assert names(filter={"displayName": "Wallace, Niander & (Sons); Ltd"}) == ["Wallace"]
    assert names(filter={"isEnabled": False}) == ["Wallace"]
    assert sorted(names(filter={"name": ["Tyrell", "Wallace"], "isEnabled": [True, False]})) == ["Tyrell", "Wallace"]
    assert names(filter={"name": ["Tyrell", "Wallace"]}, fiql="isEnabled==false") == ["Wallace"]
    assert names(fiql="(name==Tyrell,name==Wallace);isEnabled==true") == ["Tyrell"]


def test_a_reference_is_found_by_urn_and_by_uuid(vcd: Vcd) -> None:
    (org,) = vcd.run(Query, type="organization", filter={"name": "Tyrell"})["vcd_query"]
    for reference in (org["id"], org["id"].rpartition(":")[2]):
        found = vcd.run(Query, type="organization", filter={"id": reference}, fields=["name"])["vcd_query"]
        assert [each["name"] for each in found] == ["Tyrell"]


def test_an_unknown_type_is_named_with_the_one_that_may_be_meant(vcd: Vcd) -> None:
    result = vcd.run(Query, type="organisation")
    assert result["failed"]
    assert "type is 'organisation': the server has no such type for this user" in result["msg"]
    assert "did you mean 'organization'?" in result["msg"]


def test_a_type_that_only_the_provider_may_ask_is_none_for_a_tenant(vcd: Vcd) -> None:
    result = vcd.run(Query, type="adminTask", vcd_user="admin@Tyrell")
    assert result["failed"] and "the server has no such type for this user" in result["msg"]


@pytest.mark.parametrize(
    "options, option, meant",
    [
        ({"filter": {"nmae": "Tyrell"}}, "filter", "name"),
        ({"fields": ["name", "isEnable"]}, "fields", "isEnabled"),
        ({"sort": "-displayname"}, "sort", "displayName"),
    ],
)
def test_an_unknown_attribute_is_named(vcd: Vcd, options: dict[str, Any], option: str, meant: str) -> None:
    result = vcd.run(Query, type="organization", **options)
    assert result["failed"]
    assert f"{option} has " in result["msg"] and "records of organization have no such attribute" in result["msg"]
    assert f"did you mean {meant!r}?" in result["msg"]


def test_what_the_server_says_about_a_filter_is_told(vcd: Vcd) -> None:
    result = vcd.run(Query, type="organization", fiql="name=unlike=Tyrell")
    assert result["failed"] and result["error"]["status"] == 400


@pytest.mark.parametrize(
    "options, told",
    [
        ({"filter": {"name": {"like": "x"}}}, "filter has {'like': 'x'} for name"),
        ({"filter": {"name": ""}}, "filter has '' for name"),
        ({"filter": {"name": "=x"}}, "filter has '=x' for name: an operator is not written here. Give name: x"),
        ({"filter": {"na me": "x"}}, "filter has 'na me'"),
        ({"fields": ["name,org"]}, "fields has 'name,org'"),
        ({"sort": "a b"}, "sort has 'a b'"),
        ({"type": "organization&x=y"}, "type has 'organization&x=y'"),
    ],
)
def test_what_cannot_be_is_refused_before_any_request(vcd: Vcd, options: dict[str, Any], told: str) -> None:
    result = vcd.run(Query, **{"type": "organization", **options})
    assert result["failed"] and told in result["msg"]
    assert vcd.control.journal() == []


def test_a_short_page_is_an_error(vcd: Vcd) -> None:
    vcd.control.scale(300)
    vcd.control.add_fault("short_page", service="*/vcd", path="*page=3*")
    result = vcd.run(Query, type="organization", fields=["name"])
    assert result["failed"] and "ended after" in result["msg"]


def test_check_mode_reads_the_same(vcd: Vcd) -> None:
    options = {"type": "organization", "sort": "name"}
    assert vcd.run(Query, check=True, **options) == vcd.run(Query, **options)
    assert vcd.writes == []
