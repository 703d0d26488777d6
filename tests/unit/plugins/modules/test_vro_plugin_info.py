"""The module in this process against simulated orchestrators: three shapes of a list, and types of plug-ins."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import explorer
from ansible_collections.vcpp.vcloud.plugins.modules.vro_plugin_info import Plugins
from tests.unit.plugins.modules import vros

every = vros.fixture("7.3", "8.18", "9.1")
old = vros.fixture("7.6")
new = vros.fixture("8.18", "9.1")


def test_plugins_are_told_in_one_shape_whatever_the_server_writes(every: Any) -> None:
    told = every.run(Plugins)["vro_plugin"]
    names = [each["name"] for each in told]
    assert {"vCloud", "REST", "VC"} <= set(names) and names == sorted(names, key=str.lower)
    (cloud,) = every.run(Plugins, name="vCloud")["vro_plugin"]
    assert cloud["display_name"] == ("vCloud" if every.version[0] == 8 else "vCloud Director")
    assert all(cloud[part] for part in ("version", "description"))
    knows = every.version < (9, 0)
    assert (cloud["build"] is not None, cloud["enabled"]) == (knows, True if knows else None)
    assert every.run(Plugins, name="Nothing")["vro_plugin"] == []


def test_before_8_there_is_no_api_for_types_and_it_says_so(old: Any) -> None:
    assert "has no API that tells the types of plug-ins" in old.run(Plugins, details=True)["msg"]


def test_types_objects_and_methods_are_told_one_plugin_at_a_time(new: Any) -> None:
    told = new.run(Plugins, name="vCloud", details=True)
    (cloud,) = told["details"]
    assert "vCloud:VM" in {each["name"] for each in cloud["types"]}
    assert cloud["objects"] and any(each["methods"] for each in cloud["objects"])
    for each in cloud["objects"]:
        for method in each["methods"]:
            assert method["name"] and {"parameters", "returns", "description"} <= set(method)
    assert len(new.requests) == 3
    everything = new.run(Plugins, details=True)["details"]
    assert len(everything) > 3
    failed = new.run(Plugins, name="vCluod", details=True)
    assert "did you mean 'vCloud'?" in failed["msg"]


def test_a_description_is_taken_as_it_comes() -> None:
    row = {"name": "X", "version": "1.0", "build": 7, "description": None}
    document = {
        "types": [{"name": "T", "scriptObject": {"name": "XT"}}, {"name": "a", "scriptObject": "Xa"}],
        "objects": [
            {
                "name": "XT",
                "constructors": [{"parameters": [{"name": "a", "type": "string"}]}],
                "attributes": [{"name": "id", "returnType": {"type": "string"}}, {"name": "size", "type": "number"}],
                "methods": [
                    {"name": "go", "parameters": None, "returnType": "void"},
                    {"name": "find", "parameters": [{}]},
                ],
            }
        ],
        "enums": [{"name": "Colour", "values": ["red", {"name": "blue"}]}, "Size"],
    }
    told = explorer.described(row, document)
    assert (told["build"], told["description"]) == ("7", "")
    assert [(each["name"], each["values"]) for each in told["enums"]] == [("Colour", ["red", "blue"]), ("Size", [])]
    assert [(each["name"], each["script_object"]) for each in told["types"]] == [("a", "Xa"), ("T", "XT")]
    (one,) = told["objects"]
    assert [(each["name"], each["type"]) for each in one["attributes"]] == [("id", "string"), ("size", "number")]
    assert [(each["name"], each["returns"]) for each in one["methods"]] == [("find", ""), ("go", "void")]
    assert one["methods"][0]["parameters"] == [{"name": "", "type": "Any", "description": ""}]
    assert explorer.described(row, None)["objects"] == []
