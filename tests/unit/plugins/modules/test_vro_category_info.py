"""Reading categories: complete on every release, narrowed by type and path, fed back without a change."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_category import CategoryOfType
from ansible_collections.vcpp.vcloud.plugins.modules.vro_category_info import Categories
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")


def test_the_tree_of_a_type_below_a_path_with_what_is_in_it(vro: Any) -> None:
    for path in ("Kiwi/Sub", "Kiwi/Sub/Deep", "Kiwi 2"):
        vro.run(CategoryOfType, type="resource", path=path, description=path)
    read = vro.run(Categories, type="resource", path="Kiwi", with_permissions=True)
    assert [each["path"] for each in read["vro_category"]] == ["Kiwi", "Kiwi/Sub", "Kiwi/Sub/Deep"]
    assert read["vro_category"][1] == {
        "type": "resource", "path": "Kiwi/Sub", "description": "Kiwi/Sub", "permissions": [],
    }  # fmt: skip
    assert read["details"][0]["elements"] == []
    assert vro.run(Categories, type="resource", path="kiwi")["vro_category"] == []


def test_all_four_types_are_read_and_every_entry_is_what_the_module_takes(vro: Any) -> None:
    vro.run(CategoryOfType, type="action", path="com.kiwi.tenants")
    read = vro.run(Categories)
    assert {each["type"] for each in read["vro_category"]} >= {"workflow", "action"}
    assert len(read["details"]) == len(read["vro_category"])
    for each in read["vro_category"]:
        assert vro.run(CategoryOfType, **each)["changed"] is False
