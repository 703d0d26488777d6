"""The module in this process against the simulated orchestrator: trees of four types, moved, filled and removed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_category import CategoryOfType
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
TENANTS = {"type": "configuration", "path": "Kiwi Cloud/Größe/Tenants"}


def category(vro: Any, check: bool = False, **options: Any) -> Any:
    return vro.run(CategoryOfType, check, **{**TENANTS, **options})


def paths(vro: Any, kind: str = "ConfigurationElementCategory") -> list[str]:
    store = vro.server.store
    return sorted(store.path_of(each) for each in store.categories.values() if each.type == kind)


def test_a_category_is_made_with_its_parents_described_and_removed(vro: Any) -> None:
    predicted, made = category(vro, check=True, description="Who is who"), category(vro, description="Who is who")
    assert predicted == made
    assert made["vro_category"] == {**TENANTS, "description": "Who is who"}
    assert {"Kiwi Cloud", "Kiwi Cloud/Größe", TENANTS["path"]} <= set(paths(vro))
    vro.control.clear_journal()
    again = category(vro)
    assert (again["changed"], again["vro_category"]["description"], vro.writes) == (False, "Who is who", [])
    assert len(vro.requests) == 2
    changed = category(vro, description="")
    assert (changed["diff"][0]["before"], changed["diff"][0]["after"]) == (
        {"description": "Who is who"}, {"description": ""},
    )  # fmt: skip
    gone = category(vro, state="absent")
    assert (gone["changed"], gone["vro_category"]) == (True, {})
    assert TENANTS["path"] not in paths(vro) and "Kiwi Cloud/Größe" in paths(vro)
    assert category(vro, state="absent")["changed"] is False


def test_a_category_is_moved_and_renamed_once(vro: Any) -> None:
    category(vro, description="Who is who")
    identifier = next(each.id for each in vro.server.store.categories.values() if each.name == "Tenants")
    there = {"path": "Other/Deep/Organizations", "moved_from": TENANTS["path"]}
    predicted, moved = category(vro, check=True, **there), category(vro, **there)
    assert predicted == moved and moved["changed"]
    assert moved["diff"][0]["before"] == {"path": TENANTS["path"]}
    assert moved["vro_category"]["description"] == "Who is who"
    assert vro.server.store.categories[identifier].name == "Organizations"
    assert category(vro, **there)["changed"] is False
    category(vro)
    failed = category(vro, **there)
    assert failed["failed"] and "both at path" in failed["msg"]


def test_a_filled_category_is_removed_only_by_force(vro: Any) -> None:
    category(vro)
    vro.control.clear_journal()
    failed = category(vro, path="Kiwi Cloud", state="absent")
    assert failed["failed"] and "it has 1 category (Größe)" in failed["msg"] and vro.writes == []
    assert category(vro, path="Kiwi Cloud", state="absent", force=True)["changed"]
    assert not [path for path in paths(vro) if path.startswith("Kiwi Cloud")]


def test_a_module_is_one_name_with_dots(vro: Any) -> None:
    made = category(vro, type="action", path="com.kiwi.tenants")
    assert made["changed"] and category(vro, type="action", path="com.kiwi.tenants")["changed"] is False
    assert "com.kiwi.tenants" in paths(vro, "ScriptModuleCategory")
    failed = category(vro, type="action", path="com/kiwi")
    assert failed["failed"] and "com.kiwi" in failed["msg"]


def test_permissions_are_a_set_of_rules(vro: Any) -> None:
    rules = [{"principal": "KIWI\\Operators", "rights": ["execute", "view"]}, {"principal": "roy", "rights": ["admin"]}]
    predicted, made = category(vro, check=True, permissions=rules), category(vro, permissions=rules)
    assert predicted == made
    assert made["vro_category"]["permissions"][0] == {"principal": "KIWI\\Operators", "rights": ["view", "execute"]}
    same = [{"principal": "ROY", "rights": ["admin"]}, {"principal": "kiwi\\operators", "rights": ["view", "execute"]}]
    assert category(vro, permissions=same)["changed"] is False
    less = category(vro, permissions=[{"principal": "roy", "rights": ["view"]}])
    assert less["vro_category"]["permissions"] == [{"principal": "roy", "rights": ["view"]}]
    assert category(vro)["changed"] is False
    assert category(vro, permissions=[])["vro_category"]["permissions"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "A//B"}, "path is 'A//B'"),
        ({"path": "A\\B"}, "no backslash"),
        ({"path": "com..example", "type": "action"}, "names with dots between them"),
        ({"path": "A/B", "moved_from": "A/B/"}, "is the same as path"),
        ({"path": "A/B", "moved_from": "A"}, "cannot move into itself"),
        ({"path": "B", "moved_from": "A/B"}, "no way to move a category to the top"),
        ({"moved_from": "A/B", "state": "absent"}, "state is absent"),
        ({"permissions": [{"principal": "roy", "rights": []}]}, "rights is empty"),
        ({"permissions": [{"principal": each, "rights": ["view"]} for each in ("Roy", "roy")]}, "has roy twice"),
    ],
)
def test_what_cannot_be_is_refused_before_a_request(vro: Any, options: dict[str, Any], message: str) -> None:
    failed = category(vro, **options)
    assert failed["failed"] and message in failed["msg"]
    assert vro.control.journal() == []


def test_a_lost_reply_is_looked_up(vro: Any) -> None:
    category(vro, path="Kiwi Cloud/Größe")
    vro.control.add_fault("drop_reply", service="*/vro", method="POST", path="/vco/api/categories/*", times=1)
    assert category(vro)["changed"]
    assert paths(vro).count(TENANTS["path"]) == 1
