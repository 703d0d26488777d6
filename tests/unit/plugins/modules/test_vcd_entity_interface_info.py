"""The module in this process against the simulated vCD: interfaces that can be fed back."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_interface import Interface
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_interface_info import Interfaces
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.entity_types import REPLICANT, interface

vcd = vcds.fixture("10.2", "10.6")


def test_interfaces_are_told_and_can_be_fed_back(vcd: Any) -> None:
    interface(vcd, name="Replicant")
    told = vcd.run(Interfaces)
    assert [row["nss"] for row in told["vcd_entity_interface"]] == ["replicant", "k8s"]
    assert told["details"][0] == {"id": "urn:vcloud:interface:tyrell:replicant:1.0.0", "read_only": False}
    assert told["details"][1]["read_only"] is True
    for row in told["vcd_entity_interface"]:
        assert vcd.run(Interface, **row)["changed"] is False


def test_filters_choose_and_case_counts(vcd: Any) -> None:
    interface(vcd, name="Replicant")
    assert vcd.run(Interfaces, vendor="tyrell", name="Replicant")["vcd_entity_interface"][0]["nss"] == REPLICANT["nss"]
    assert vcd.run(Interfaces, vendor="Tyrell")["vcd_entity_interface"] == []
    assert vcd.run(Interfaces, version="2.0.0")["details"] == []
