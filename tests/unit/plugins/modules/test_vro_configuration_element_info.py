"""Reading configuration elements: by category and name, without secrets, fed back without a change."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vro_configuration_element import ConfigurationElement
from ansible_collections.vcpp.vcloud.plugins.modules.vro_configuration_element_info import ConfigurationElements
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")
SECRET = "Lam9-b0x-Secret"


def test_elements_by_category_and_name_are_what_the_module_takes(vro: Any) -> None:
    given = [{"name": "password", "type": "SecureString", "value": SECRET}, {"name": "n", "type": "number", "value": 3}]
    for category, name in (("Kiwi", "b"), ("Kiwi", "a"), ("Kiwi/Sub", "a"), ("Other", "a")):
        vro.run(ConfigurationElement, category=category, name=name, attributes=given)
    vro.control.clear_journal()
    read = vro.run(ConfigurationElements, category="Kiwi", with_permissions=True)
    assert vro.writes == [] and SECRET not in json.dumps(read)
    placed = [(each["category"], each["name"]) for each in read["vro_configuration_element"]]
    assert placed == [("Kiwi", "a"), ("Kiwi", "b"), ("Kiwi/Sub", "a")]
    assert len(read["details"]) == 3 and all(each["id"] for each in read["details"])
    assert read["vro_configuration_element"][0]["permissions"] == []
    for each in read["vro_configuration_element"]:
        assert vro.run(ConfigurationElement, **each, purge_attributes=True)["changed"] is False
    assert len(vro.run(ConfigurationElements, name="a", category="Kiwi")["vro_configuration_element"]) == 2
    assert len(vro.run(ConfigurationElements)["vro_configuration_element"]) >= 4
