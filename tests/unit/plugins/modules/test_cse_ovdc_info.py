"""Reading what VDCs are enabled for, beside what test_cse_ovdc.py reads with the writing sibling."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.cse_ovdc_info import OrgVdcs
from tests.unit.plugins.modules import cses
from tests.unit.plugins.modules.cses import ORG

cse = cses.fixture("2.6", "3.1")
first = cses.fixture("1.2")


def test_a_tenant_reads_the_own_ones(cse: Any) -> None:
    cse.control.scale(1)
    cse.site.workloads.add_vdc("tenant-00001", "its own")
    told = cse.run(OrgVdcs, **cse.tenant)["cse_ovdc"]
    assert told and {one["org"] for one in told} == {ORG} and all(one["runtimes"] == [] for one in told)
    assert len(cse.run(OrgVdcs)["cse_ovdc"]) > len(told), "a provider reads those of all"


def test_1_2_tells_providers_alone(first: Any) -> None:
    assert "Unauthorized Operation" in first.run(OrgVdcs, **first.tenant)["msg"]
    assert "give a name, or leave it out for all" in first.run(OrgVdcs, vdc="")["msg"]
