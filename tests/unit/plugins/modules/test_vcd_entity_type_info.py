"""The module in this process against the simulated vCD: types with their schemas, which can be fed back."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_type import EntityType
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_type_info import EntityTypes
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.entity_types import SCHEMA, URN, entity_type

vcd = vcds.fixture("10.2", "10.6")


def test_types_are_told_and_can_be_fed_back(vcd: Any) -> None:
    entity_type(vcd, description="More human than human", interfaces=["urn:vcloud:interface:vmware:k8s:1.0.0"])
    entity_type(vcd, version="1.1.0")
    told = vcd.run(EntityTypes, vendor="tyrell", nss="nexus")
    assert [row["version"] for row in told["vcd_entity_type"]] == ["1.0.0", "1.1.0"]
    assert told["vcd_entity_type"][0]["schema"] == SCHEMA
    assert told["details"][0] == {"id": URN, "read_only": False, "hooks": {}, "inherited_version": None}
    for row in told["vcd_entity_type"]:
        assert vcd.run(EntityType, **row)["changed"] is False


def test_a_tenant_sees_what_its_release_and_its_rights_show(vcd: Any) -> None:
    entity_type(vcd)
    told = vcd.run(EntityTypes, vendor="tyrell", vcd_user="admin@Tyrell")
    assert [row["nss"] for row in told["vcd_entity_type"]] == (["nexus"] if vcd.version >= (39, 0) else [])
