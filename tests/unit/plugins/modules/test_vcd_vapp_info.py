"""vApps, as the module reads them from simulated vCloud Directors.

What it shares with the other modules that read what organizations have is in test_vcd_org_vdc_info.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_vapp_info import Vapps
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.vcds import HERE, Vcd

vcd = vcds.fixture("9.0", "9.7", "10.6")


def test_a_vapp_is_told_with_its_state_and_size(vcd: Vcd) -> None:
    database, web = vcd.run(Vapps, org="Tyrell")["vcd_vapp"]
    assert (database["name"], web["name"]) == ("tyrell-db-a03", "tyrell-web-a03")
    assert (database["power_state"], database["owner"], database["deployed"]) == ("powered_on", "admin", True)
    assert (web["vm_count"], web["memory_allocation_mb"], web["storage_used_mb"]) == (2, 8192, 8192)
    assert web["created"].endswith("Z")
    assert web["id"].startswith("urn:vcloud:vapp:")
    assert vcd.run(Vapps, vcd_user="admin@Tyrell")["vcd_vapp"][0]["vm_count"] is None


def test_vapps_are_chosen_by_state_owner_and_name(vcd: Vcd) -> None:
    def names(**options: Any) -> list[str]:
        return [row["name"] for row in vcd.run(Vapps, org="Tyrell", **options)["vcd_vapp"]]

    vcd.control.change("vapp-power", HERE, org="Tyrell", vapp="tyrell-db-a03", state="off")
    assert names(power_state="powered_off") == ["tyrell-db-a03"]
    assert names(power_state="powered_on") == ["tyrell-web-a03"]
    assert names(power_state="failed_creation") == []
    assert names(name="tyrell-*-a03") == ["tyrell-db-a03", "tyrell-web-a03"]
    assert names(name="TYRELL-DB-A03") == []
    assert names(owner="admin") == ["tyrell-db-a03", "tyrell-web-a03"]
    assert names(owner="nobody") == []
    assert any("POWERED_OFF" in each for each in vcd.requests)
