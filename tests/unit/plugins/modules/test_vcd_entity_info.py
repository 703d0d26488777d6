"""The module in this process against the simulated vCD: entities of a type, which can be fed back."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity import Entity
from ansible_collections.vcpp.vcloud.plugins.modules.vcd_entity_info import Entities
from tests.unit.plugins.modules import vcds
from tests.unit.plugins.modules.entity_types import CONTENT, NEXUS, entity, entity_type, stored

vcd = vcds.fixture("10.2", "10.6")


def test_entities_are_told_by_name_and_can_be_fed_back(vcd: Any) -> None:
    entity_type(vcd)
    for name in ("Roy", "Pris", "Leon"):
        entity(vcd, name=name, org="Tyrell")
    entity(vcd, name="Rachael")
    told = vcd.run(Entities, **NEXUS, org="Tyrell")
    assert [row["name"] for row in told["vcd_entity"]] == ["Leon", "Pris", "Roy"]
    assert told["vcd_entity"][0]["content"] == CONTENT
    assert {row["state"] for row in told["details"]} == {"RESOLVED"}
    for row in told["vcd_entity"]:
        assert vcd.run(Entity, **row)["changed"] is False
    assert [row["name"] for row in vcd.run(Entities, **NEXUS)["vcd_entity"]] == ["Rachael"]


def test_name_and_id_choose(vcd: Any) -> None:
    entity_type(vcd)
    entity(vcd)
    (identity,) = stored(vcd)
    assert len(vcd.run(Entities, **NEXUS, id=identity)["vcd_entity"]) == 1
    assert vcd.run(Entities, **NEXUS, name="roy")["vcd_entity"] == []


def test_all_pages_are_read(vcd: Any) -> None:
    entity_type(vcd)
    entity(vcd)
    (first,) = stored(vcd).values()
    for number in range(300):
        one = type(first)(**{**vars(first), "id": f"{first.id[:-3]}{number:03d}", "name": f"N{number:03d}"})
        stored(vcd)[one.id] = one
    assert len(vcd.run(Entities, **NEXUS)["vcd_entity"]) == len(stored(vcd))


def test_all_versions_are_read_where_the_release_can(vcd: Any) -> None:
    entity_type(vcd)
    entity_type(vcd, version="1.1.0")
    entity(vcd)
    entity(vcd, version="1.1.0", name="Pris")
    told = vcd.run(Entities, vendor="tyrell", nss="nexus")
    if vcd.version < (37, 0):
        assert told["msg"].startswith("version is not set: below API version 37.0")
    else:
        assert [row["version"] for row in told["vcd_entity"]] == ["1.1.0", "1.0.0"]


def test_a_type_that_is_not_there_has_none(vcd: Any) -> None:
    assert vcd.run(Entities, **{**NEXUS, "nss": "unknown"})["vcd_entity"] == []
