"""The module in this process against simulated orchestrators: searches, relations, near misses, limits."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.modules.vro_object_info import Objects
from tests.unit.plugins.modules import vros

vro = vros.fixture("7.3", "8.18", "9.1")


def test_machines_are_found_by_name_and_status_with_one_request(vro: Any) -> None:
    found = vro.run(Objects, type="vCloud:VM")
    names = [each["name"] for each in found["vro_object"]]
    assert names and names == sorted(names, key=str.lower) and found["total"] == len(names)
    assert vro.requests == ["GET /vco/api/catalog/vCloud/VM/"]
    (one,) = vro.run(Objects, type="vCloud:VM", search={"name": names[0]})["vro_object"]
    assert one["reference"] == {"type": "vCloud:VM", "id": one["id"]} and one["type"] == "vCloud:VM"
    assert one["script"] == f'Server.findForType("vCloud:VM", "{one["id"]}")'
    assert vro.server.catalog.find("vCloud:VM", one["id"]).name == names[0]
    some = vro.run(Objects, type="vCloud:VM", search={"name": f"{names[0][:4]}*"})["vro_object"]
    assert {each["name"] for each in some} == {name for name in names if name.startswith(names[0][:4])}


def test_relations_lead_from_a_vapp_to_its_machines(vro: Any) -> None:
    (app, *_others) = vro.run(Objects, type="vCloud:VApp", details=True)["vro_object"]
    assert app["relations"]
    search = {"id": app["id"]}
    below = vro.run(Objects, type="vCloud:VApp", search=search, relation="*")["vro_object"]
    named = [
        each
        for relation in app["relations"]
        for each in vro.run(Objects, type="vCloud:VApp", search=search, relation=relation)["vro_object"]
    ]
    assert below and {each["id"] for each in below} == {each["id"] for each in named}
    assert "vCloud:VM" in {each["type"] for each in below}
    failed = vro.run(Objects, type="vCloud:VApp", search=search, relation="nothing")
    assert "has no such relation, it has" in failed["msg"]
    failed = vro.run(Objects, type="vCloud:VM", relation="vms")
    assert "objects of type vCloud:VM match" in failed["msg"]


def test_types_are_told_and_near_misses_named(vro: Any) -> None:
    told = vro.run(Objects)
    assert {"vCloud:VM", "REST:RESTHost", "Workflow"} <= set(told["types"]) and told["vro_object"] == []
    for wrong, words in (
        ("vcloud:VM", "no namespace 'vcloud'"),
        ("VM", "write the plug-in's namespace before it, such as vCloud:VM"),
        ("vCloud:Vm", "did you mean 'VM'?"),
        ("Wokflow", "did you mean 'Workflow'?"),
    ):
        assert words in vro.run(Objects, type=wrong)["msg"]
    failed = vro.run(Objects, type="vCloud:VM", search={"nmae": "x"})
    assert "did you mean 'name'?" in failed["msg"]


def test_a_limit_cuts_the_list_and_says_so(vro: Any, warnings: list[str]) -> None:
    found = vro.run(Objects, type="vCloud:VM", limit=1)
    assert len(found["vro_object"]) == 1 and found["total"] > 1
    assert any("limit is 1" in each for each in warnings)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"type": "a/b"}, "write it as scripts do"),
        ({"search": {"name": "x"}}, "search is set without type"),
        ({"type": "vCloud:VM", "limit": 0}, "limit is 0"),
        ({"type": "vCloud:VM", "search": {}}, "search is {}"),
        ({"type": "vCloud:VM", "conditions": ["name"]}, "conditions has 'name'"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(vro: Any, options: dict[str, Any], words: str) -> None:
    assert words in vro.run(Objects, **options)["msg"]
    assert vro.control.count() == 0
