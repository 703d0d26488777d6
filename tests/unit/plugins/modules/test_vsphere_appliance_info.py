"""The module in this process against VMware's vCenter simulator: which VMs are appliances, and what is told of them."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.vcpp.vcloud.plugins.modules.vsphere_appliance import Appliance
from ansible_collections.vcpp.vcloud.plugins.modules.vsphere_appliance_info import Appliances
from tests.tools.make_ova import make_ova
from tests.unit.plugins.modules.vcenters import vcenter


def test_what_was_deployed_is_listed_in_two_reads_and_fed_back_it_changes_nothing(tmp_path: Path) -> None:
    path = make_ova(tmp_path / "a.ova", "3.0")
    with vcenter() as vc:
        assert vc.run(Appliances, datacenter="DC0")["vsphere_appliance"] == []
        vc.run(
            Appliance, name="vcam", datacenter="DC0", cluster="DC0_C0", datastore="LocalDS_0", source=str(path),
            accept_eula=True, deployment_option="tunnel",
        )  # fmt: skip
        told = vc.run(Appliances, datacenter="DC0")
        assert [call for call in vc.calls if call not in ("RetrieveServiceContent", "Login", "Logout")] == [
            "FindByInventoryPath",
            "RetrieveProperties",
        ]
        (row,), (details,) = told["vsphere_appliance"], told["details"]
        assert (row["name"], row["folder"], row["state"], row["deployment_option"]) == ("vcam", "", "present", "tunnel")
        assert details["secret_keys"] == ["guestinfo.cis.appliance.root.password"]
        assert not vc.run(Appliance, **row)["changed"]
        assert vc.writes == []
        assert vc.run(Appliances, datacenter="DC0", name="other")["vsphere_appliance"] == []
        unknown = vc.run(Appliances, datacenter="DC")
        assert unknown["failed"] and "Did you mean 'DC0'?" in unknown["msg"]
