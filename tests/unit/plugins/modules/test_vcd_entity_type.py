"""The module in this process against the simulated vCD: types, and what is fixed once there are entities of them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_type import EntityType
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.entity_types import NEXUS, SCHEMA, URN, entity, entity_type, interface

vcd = vcds.fixture("10.2", "10.6")
before = vcds.fixture("10.0")
OTHER = {**SCHEMA, "required": ["model", "lifespan_years"]}


def test_a_type_is_defined_changed_and_removed(vcd: Any) -> None:
    identity = interface(vcd)["id"]
    options = {**NEXUS, "schema": SCHEMA, "interfaces": [identity, "urn:vcloud:interface:vmware:k8s:1.0.0"]}
    predicted = vcd.run(EntityType, True, **options)
    made = vcd.run(EntityType, **options)
    assert predicted == made and made["id"] == URN and made["vcd_entity_type"]["name"] == "nexus"
    again = vcd.run(EntityType, **{**options, "interfaces": options["interfaces"][::-1]})  # type: ignore[index]
    assert again["changed"] is False
    changed = entity_type(vcd, schema=OTHER, interfaces=[], description="More human than human", external_id="N6")
    assert set(changed["diff"][0]["after"]) == {"name", "schema", "interfaces", "description", "external_id"}
    assert entity_type(vcd, schema=OTHER)["changed"] is False
    assert entity_type(vcd, description="", external_id="")["diff"][0]["before"]["external_id"] == "N6"
    assert entity_type(vcd, state="absent")["changed"] and entity_type(vcd, state="absent")["changed"] is False


def test_schemas_are_compared_as_json(vcd: Any) -> None:
    entity_type(vcd, schema={"type": "object", "minimum": 1, "additionalProperties": True})
    same = {"additionalProperties": True, "minimum": 1.0, "type": "object"}
    assert entity_type(vcd, schema=same)["changed"] is False
    assert entity_type(vcd, schema={**same, "additionalProperties": False})["changed"] is True


def test_a_new_type_needs_a_schema(vcd: Any) -> None:
    failed = vcd.run(EntityType, **NEXUS)
    assert failed["msg"] == f"schema is not set, and {URN} does not exist: a new type needs one"


def test_the_servers_words_about_a_wrong_schema_are_told(vcd: Any) -> None:
    failed = entity_type(vcd, schema={"type": "neither"})
    assert failed["error"]["status"] == 400 and "The schema is not valid" in failed["msg"]


@pytest.mark.parametrize("check", [True, False])
def test_a_type_with_entities_keeps_its_schema_and_stays(vcd: Any, check: bool) -> None:
    entity_type(vcd)
    entity(vcd)
    vcd.control.clear_journal()
    failed = vcd.run(EntityType, check, **NEXUS, schema=OTHER)
    assert failed["msg"].startswith(f"schema of {URN} cannot change: there are entities of it (1 seen here)")
    failed = vcd.run(EntityType, check, **NEXUS, state="absent")
    assert failed["msg"].startswith(f"{URN} cannot be removed: there are entities of it (1 seen here)")
    assert vcd.writes == []
    assert vcd.run(EntityType, check, **NEXUS, description="Off-world")["changed"]


def test_what_the_server_alone_can_refuse_is_told_with_its_words(vcd: Any) -> None:
    entity_type(vcd)
    entity(vcd, org="Tyrell")  # which an administrator does not see without looking there
    failed = entity_type(vcd, schema=OTHER)
    assert "cannot change" in failed["msg"] or failed["error"]["code"] == "RDE_INVALID_TYPE_UPDATE"


def test_what_is_not_managed_stays(vcd: Any) -> None:
    entity_type(vcd)
    service = vcd.simulator.simulator.world.services[f"{vcds.HERE}/vcd"]
    service.entities.types.all[URN].max_implicit_right = "urn:vcloud:accessLevel:ReadOnly"
    assert entity_type(vcd, description="Off-world")["changed"]
    assert service.entities.types.all[URN].max_implicit_right == "urn:vcloud:accessLevel:ReadOnly"


def test_wrong_interfaces_are_refused(vcd: Any) -> None:
    assert entity_type(vcd, interfaces=["k8s"])["msg"].startswith("interfaces has 'k8s': write it as urn:vcloud:")
    assert vcd.control.count() == 0
    failed = entity_type(vcd, interfaces=["urn:vcloud:interface:tyrell:none:1.0.0"])
    assert failed["error"]["status"] == 400 and "There is no interface" in failed["msg"]


def test_a_lost_reply_makes_no_second_one(vcd: Any) -> None:
    vcd.control.add_fault("drop_reply", service="*/vcd", method="POST", path="/cloudapi/1.0.0/entityTypes", times=1)
    assert entity_type(vcd)["changed"]
    assert [write.split()[0] for write in vcd.writes] == ["POST"]


def test_a_tenant_is_told_that_only_the_provider_can(vcd: Any) -> None:
    for state in ("present", "absent"):
        failed = entity_type(vcd, vcd_user="admin@Tyrell", state=state)
        assert failed["msg"].startswith("type urn:vcloud:type:tyrell:")
        assert "only a System administrator can; the user is of 'Tyrell'" in failed["msg"]
    assert vcd.requests == []


def test_the_release_before_has_none_and_says_so(before: Any) -> None:
    expected = "runtime defined entities need API version 35.0 (VMware Cloud Director 10.2), and 33.0 is spoken here"
    assert entity_type(before)["msg"] == expected
