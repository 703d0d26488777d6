"""Virtual machines, as the module reads them from simulated vCloud Directors.

What it shares with the other modules that read what organizations have is in test_vcd_org_vdc_info.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_vm_info import Machines
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import HERE, Vcd

vcd = vcds.fixture("9.0", "9.7", "10.6")


def test_a_vm_is_told_with_its_place_and_size(vcd: Vcd) -> None:
    database = vcd.run(Machines)["vcd_vm"][0]
    assert (database["org"], database["vdc"], database["vapp"], database["name"]) == (
        "Tyrell", "Tyrell A03 Allocated", "tyrell-db-a03", "tyrell-db-a03-01",
    )  # fmt: skip
    assert (database["power_state"], database["cpu_count"], database["memory_mb"]) == ("powered_on", 4, 16384)
    assert (database["network"], database["storage_profile"]) == ("Tyrell DMZ A03", "A03 VSAN Performance")
    assert [database[name].split(":")[2] for name in ("id", "vapp_id", "vdc_id")] == ["vm", "vapp", "vdc"]
    assert (database["nics"], database["metadata"]) == (None, None)


def test_each_kind_of_user_is_told_what_its_records_have(vcd: Vcd) -> None:
    provider = vcd.run(Machines, name="tyrell-db-a03-01")["vcd_vm"][0]
    tenant = vcd.run(Machines, name="tyrell-db-a03-01", vcd_user="admin@Tyrell")["vcd_vm"][0]
    assert (provider["ip_address"], tenant["ip_address"]) == (None, "192.168.100.10")
    assert (provider["owner"], tenant["owner"]) == (None, "admin")
    for name in ("host", "datastore", "moref"):
        assert provider[name] and tenant[name] is None


def test_nics_and_metadata_cost_a_request_for_each_vm_that_is_chosen(vcd: Vcd) -> None:
    (database,) = vcd.run(Machines, org="Tyrell", vapp="tyrell-db-*", with_nics=True, with_metadata=True)["vcd_vm"]
    assert len(vcd.requests) == 4
    first, second = database["nics"]
    assert (first["index"], first["primary"], first["network"]) == (0, False, "Tyrell Servers A03")
    assert (second["index"], second["primary"], second["ip_address"]) == (1, True, "192.168.100.10")
    assert second["mac_address"].startswith("00:50:56:") and second["connected"] is True
    assert database["ip_address"] == "192.168.100.10"
    assert database["metadata"] == {"tier": "db", "environment": "production"}


def test_vms_are_chosen_by_the_server(vcd: Vcd) -> None:
    def names(**options: Any) -> list[str]:
        return [row["name"] for row in vcd.run(Machines, **options)["vcd_vm"]]

    vcd.control.change("vm-power", HERE, vm="tyrell-web-a03-02", state="suspended")
    assert names(vapp="tyrell-web-a03") == ["tyrell-web-a03-01", "tyrell-web-a03-02"]
    assert names(vapp="tyrell-web-a03", power_state="suspended") == ["tyrell-web-a03-02"]
    assert names(power_state="powered_off") == []
    assert names(name="*-01") == ["tyrell-db-a03-01", "tyrell-web-a03-01"]
    assert names(name="TYRELL-DB-A03-01") == []
    asked = [each for each in vcd.requests if "type=adminVM" in each]
    assert all("isVAppTemplate" in each for each in asked)
    assert any("SUSPENDED" in each for each in asked) and any("containerName" in each for each in asked)


def test_vms_of_templates_come_when_they_are_asked_for(vcd: Vcd) -> None:
    assert not any(row["template"] for row in vcd.run(Machines)["vcd_vm"])
    rows = vcd.run(Machines, with_templates=True, with_nics=True)["vcd_vm"]
    templates = [row for row in rows if row["template"]]
    assert {row["vapp"] for row in templates} == {"photon-5.0", "ubuntu-22.04"}
    assert {row["catalog"] for row in templates} == {"Tyrell Templates"}
    assert {row["vapp_id"].split(":")[2] for row in templates} == {"vapptemplate"}
    assert all(row["nics"] is None for row in templates)
    assert all(row["nics"] for row in rows if not row["template"])


def test_a_vm_that_goes_while_it_is_read_has_no_nics_and_is_no_failure(vcd: Vcd) -> None:
    vcd.control.add_fault("refuse_role", service="*/vcd", path="/api/vApp/vm-*", times=1)
    rows = vcd.run(Machines, with_nics=True)["vcd_vm"]
    assert len(rows) == 3
    assert sorted(row["nics"] is None for row in rows) == [False, False, True]


def test_two_thousand_vms_are_read_in_whole_pages_side_by_side(vcd: Vcd) -> None:
    vcd.control.scale(3)
    vcd.control.scale_vms(2000)
    rows = vcd.run(Machines)["vcd_vm"]
    assert len({row["id"] for row in rows}) == len(rows) == 2003
    assert all(row["org"] and row["vdc"] for row in rows)
    assert rows == sorted(rows, key=lambda row: (row["org"], row["vdc"], row["vapp"], row["name"], row["id"]))
    assert len(vcd.requests) == 17  # 16 pages of 128 VMs, one of VDCs
