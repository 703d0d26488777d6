"""Reading resource elements: by category and name, with contents that are texts, fed back without a change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_resource_element import ResourceElement
from ansible_collections.vcpp.vcloud.plugins.modules.vro_resource_element_info import ResourceElements
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")


def test_elements_by_category_and_name_are_what_the_module_takes(vro: Any, tmp_path: Path) -> None:
    for category, name in (("Kiwi", "b.txt"), ("Kiwi", "a.txt"), ("Kiwi/Sub", "a.txt"), ("Other", "a.txt")):
        vro.run(ResourceElement, category=category, name=name, content=f"{category} {name}")
    (tmp_path / "it").write_bytes(b"\0\1")
    vro.run(ResourceElement, category="Kiwi", name="c.bin", path=str(tmp_path / "it"))
    vro.control.clear_journal()
    read = vro.run(ResourceElements, category="Kiwi", with_content=True, with_permissions=True)
    assert vro.writes == []
    names = [(each["category"], each["name"]) for each in read["vro_resource_element"]]
    assert names == [("Kiwi", "a.txt"), ("Kiwi", "b.txt"), ("Kiwi", "c.bin"), ("Kiwi/Sub", "a.txt")]
    assert read["vro_resource_element"][0]["content"] == "Kiwi a.txt"
    assert "content" not in read["vro_resource_element"][2] and read["details"][2]["size"] == 2
    for each in read["vro_resource_element"]:
        assert vro.run(ResourceElement, **each)["changed"] is False
    plain = vro.run(ResourceElements, name="a.txt")
    assert len(plain["vro_resource_element"]) == 3 and "content" not in plain["vro_resource_element"][0]
