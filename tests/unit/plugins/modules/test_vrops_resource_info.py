"""The module in this process against the simulated vRealize Operations: names that match a part, and pages."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vrops import client
from ansible_collections.vcpp.vcloud.plugins.modules.vrops_resource_info import Resources
from tests.unit.plugins.modules import operations

vrops = operations.fixture("6.7", "9.1")


def test_a_name_is_matched_whole(vrops: Any) -> None:
    found = vrops.run(Resources, name="A03", adapter_kind="VMWARE")["vrops_resource"]
    assert [(one["name"], one["resource_kind"]) for one in found] == [("A03", "Datacenter")]
    assert found[0]["states"][0]["status"] == "DATA_RECEIVING"


def test_all_pages_are_read_and_a_list_that_ends_early_is_a_failure(
    vrops: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 3)
    found = vrops.run(Resources)["vrops_resource"]
    assert len(found) == len({one["id"] for one in found}) == 7 and len(vrops.requests) == 3
    vrops.control.add_fault("short_page", path="suite-api/api/resources*", times=3, keep=0)
    assert "ends after 0 of 7" in vrops.run(Resources)["msg"]


def test_those_of_one_instance(vrops: Any) -> None:
    found = vrops.run(Resources, adapter_instance="vdev-a03-vc01", resource_kind="HostSystem")["vrops_resource"]
    assert len(found) == 2
    assert "did you mean" in vrops.run(Resources, adapter_instance="vdev-a03-vc1")["msg"]


def test_a_login_that_is_refused_names_source_and_address(vrops: Any) -> None:
    refused = vrops.run(Resources, vrops_auth_source="Lokal")
    assert "looked for in the source 'Lokal', and vrops_auth_source names another" in refused["msg"]
    for elsewhere in (vrops.simulator.vcd(operations.HERE), vrops.simulator.vro(operations.HERE)["url"]):
        assert "Is vrops_url the address of vRealize Operations" in vrops.run(Resources, vrops_url=elsewhere)["msg"]
