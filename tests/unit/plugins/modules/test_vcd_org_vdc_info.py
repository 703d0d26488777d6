"""Organization VDCs as the module reads them from simulated vCloud Directors, and the bad days of all its like."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_catalog_info import Catalogs
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_network_info import Networks
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_org_vdc_info import OrgVdcs
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_storage_profile_info import StorageProfiles
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_vapp_info import Vapps
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_vm_info import Machines
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import HERE, Vcd

vcd = vcds.fixture("9.0", "9.7", "10.6")

READERS = [OrgVdcs, Networks, StorageProfiles, Vapps, Machines, Catalogs]
IN_VDCS = [Networks, StorageProfiles, Vapps, Machines]


@pytest.fixture(params=READERS, ids=lambda module: module.noun)
def reader(request: pytest.FixtureRequest) -> Any:
    """Each of the modules that read what an organization has."""
    return request.param


def test_a_vdc_is_told_with_units(vcd: Vcd) -> None:
    vcd.control.change("vdc-add", HERE, org="Tyrell", vdc="Tyrell Spare")
    rows = vcd.run(OrgVdcs, org="Tyrell")["vcd_org_vdc"]
    assert [row["name"] for row in rows] == ["Tyrell A03 Allocated", "Tyrell Spare"]
    first = rows[0]
    assert (first["org"], first["enabled"], first["status"], first["description"]) == ("Tyrell", True, "ready", "")
    assert first["id"].startswith("urn:vcloud:vdc:")
    assert (first["vapp_count"], first["vm_count"], first["running_vm_count"]) == (2, 3, 3)
    assert first["memory_used_mb"] == 24576
    assert first["storage_used_mb"] == 20480
    assert first["cpu_limit_mhz"] >= first["cpu_used_mhz"] > 0
    assert rows[1]["vm_count"] == 0


def test_vdcs_are_chosen_by_name_and_state(vcd: Vcd) -> None:
    def names(**options: Any) -> list[str]:
        return [row["name"] for row in vcd.run(OrgVdcs, **options)["vcd_org_vdc"]]

    vcd.control.change("vdc-add", HERE, org="Tyrell", vdc="Tyrell Spare")
    assert names(name="Tyrell *") == ["Tyrell A03 Allocated", "Tyrell Spare"]
    assert names(name="* Spare", org="Tyrell") == ["Tyrell Spare"]
    assert names(name="tyrell spare") == []
    assert "Tyrell Spare" in names(enabled=True)
    assert names(enabled=False) == []


def test_a_small_estate_costs_two_requests_at_the_most(vcd: Vcd, reader: Any) -> None:
    assert vcd.run(reader)[reader.noun]
    assert len(vcd.requests) <= 2


def test_check_mode_reads_the_same_and_writes_nothing(vcd: Vcd, reader: Any) -> None:
    read = vcd.run(reader)
    assert vcd.run(reader, check=True) == read
    assert read["changed"] is False
    assert vcd.writes == []


def test_the_provider_asks_the_types_of_administrators_and_a_tenant_the_plain_ones(vcd: Vcd, reader: Any) -> None:
    vcd.run(reader)
    kinds = {each.split("type=")[1].split("&")[0] for each in vcd.requests}
    assert all(kind.startswith("admin") or kind == "orgVdcNetwork" for kind in kinds)
    vcd.control.clear_journal()
    rows = vcd.run(reader, vcd_user="admin@Tyrell")[reader.noun]
    assert {row["org"] for row in rows} == {"Tyrell"}
    kinds = {each.split("type=")[1].split("&")[0] for each in vcd.requests}
    assert not any(kind.startswith("admin") for kind in kinds)


def test_both_kinds_of_users_are_told_the_same_names(vcd: Vcd, reader: Any) -> None:
    provider = vcd.run(reader, org="Tyrell")[reader.noun]
    tenant = vcd.run(reader, vcd_user="admin@Tyrell")[reader.noun]
    assert [(row["org"], row["name"], row["id"]) for row in provider] == [
        (row["org"], row["name"], row["id"]) for row in tenant
    ]
    assert [set(row) for row in provider] == [set(row) for row in tenant]


def test_an_organization_without_anything_gives_an_empty_list(vcd: Vcd, reader: Any) -> None:
    from ansible_collections.vcpp.vcloud.plugins.modules.vcd_org import Organization

    vcd.run(Organization, name="Wallace")
    vcd.control.scale(300)
    vcd.control.clear_journal()
    assert vcd.run(reader, org="Wallace")[reader.noun] == []
    assert len(vcd.requests) == 2  # with 300 others, too


def test_acting_for_an_organization_reads_what_it_has(vcd: Vcd, reader: Any) -> None:
    vcd.control.scale(3)
    rows = vcd.run(reader, vcd_tenant="Tyrell")[reader.noun]
    assert rows and {row["org"] for row in rows} == {"Tyrell"}


def test_an_unknown_organization_is_named_with_the_one_that_may_be_meant(vcd: Vcd, reader: Any) -> None:
    result = vcd.run(reader, org="Tirell")
    assert result["failed"]
    assert result["msg"] == "org is 'Tirell': there is no such organization; did you mean 'Tyrell'?"
    vcd.control.scale(3)
    result = vcd.run(reader, org="tenant-00001", vcd_user="admin@Tyrell")
    assert result["failed"]
    assert "there is no such organization that the user sees; 'Tyrell' is" in result["msg"]


@pytest.mark.parametrize("module", IN_VDCS, ids=lambda module: module.noun)
def test_an_unknown_vdc_is_named_with_the_one_that_may_be_meant(vcd: Vcd, module: Any) -> None:
    result = vcd.run(module, org="Tyrell", vdc="Tyrell A03 Alocated")
    assert result["failed"]
    assert result["msg"] == (
        "vdc is 'Tyrell A03 Alocated': there is no such organization VDC of 'Tyrell'; did you mean "
        "'Tyrell A03 Allocated'?"
    )
    found = vcd.run(module, vdc="Tyrell A03 Allocated")[module.noun]
    assert found and {row["vdc"] for row in found} == {"Tyrell A03 Allocated"}
    assert vcd.run(module, vdc="* A03 Allocated", org="Tyrell")[module.noun] == found


def test_empty_names_are_refused_before_any_request(vcd: Vcd, reader: Any) -> None:
    for option in set(reader().spec()) & {"org", "vdc", "vapp", "name"}:
        result = vcd.run(reader, **{option: " "})
        assert result["failed"]
        assert result["msg"] == f"{option} is ' ': give a name, or leave it out for all"
    assert vcd.control.journal() == []


def test_a_missing_right_is_told(vcd: Vcd, reader: Any) -> None:
    vcd.control.add_fault("refuse_role", service="*/vcd", path="/api/query*", times=1)
    result = vcd.run(reader)
    assert result["failed"] and result["error"]["status"] == 403


@pytest.mark.parametrize("module", [OrgVdcs, *IN_VDCS], ids=lambda module: module.noun)
def test_a_short_page_is_an_error_and_no_short_list(vcd: Vcd, module: Any) -> None:
    vcd.control.scale(150)
    vcd.control.scale_vms(700)
    vcd.control.add_fault("short_page", service="*/vcd", path="/api/query*page=1&*")
    result = vcd.run(module)
    assert result["failed"] and "the list ended after" in result["msg"]


def test_an_expired_login_is_renewed(vcd: Vcd, reader: Any) -> None:
    vcd.control.add_fault("expire_tokens", service="*/vcd", path="/api/query*", times=1)
    assert vcd.run(reader)[reader.noun]


def test_names_are_told_apart_across_organizations(vcd: Vcd) -> None:
    vcd.control.scale(1)
    for org in ("Tyrell", "tenant-00001"):
        vcd.control.change("vdc-add", HERE, org=org, vdc="Shared Name")
        vcd.control.change("vapp-add", HERE, org=org, vdc="Shared Name", vapp="same", vms={"same-01": 1})
    rows = vcd.run(Machines, vdc="Shared Name")["vcd_vm"]
    assert [(row["org"], row["vdc"], row["vapp"], row["name"]) for row in rows] == [
        ("Tyrell", "Shared Name", "same", "same-01"), ("tenant-00001", "Shared Name", "same", "same-01"),
    ]  # fmt: skip
    (only,) = vcd.run(Machines, vdc="Shared Name", org="tenant-00001")["vcd_vm"]
    assert only == rows[1]
