"""What a server tells of itself and of its plug-ins (contract sections 12.1 and 16)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro

Make = Callable[..., Vro]


@pytest.mark.parametrize("version", VERSIONS)
def test_about(vro: Make, version: str) -> None:
    asked = vro(version)
    about = asked.get("about")
    assert about["version"].startswith(f"{version}.") and about["version"].endswith(f".{about['build-number']}")
    asked.headers = {}
    assert asked.ask("GET", "about").status == (200 if version < "8" else 401)
    assert {"href", "description"} == set(asked.get("")["service"][0])
    assert asked.ask("GET", "/vco/api").status == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_health(vro: Make, version: str) -> None:
    asked = vro(version)
    health = asked.get("healthstatus")
    if version < "8":
        assert health["health-status"]["state"] == "OK" and health["state"] == "RUNNING"
        assert asked.ask("GET", "health/liveness").status == 404
    else:
        assert "health-status-providers" not in health["health-status"]
        detailed = asked.get("healthstatus?showDetails")["health-status"]["health-status-providers"]
        assert all("descritpion" in one and "description" not in one for one in detailed)
        assert asked.ask("GET", "health/liveness").status == asked.ask("GET", "health/readiness/").status == 200
        asked.headers = {}
        assert asked.ask("GET", "health/readiness").status == 401


@pytest.mark.parametrize("version", MODERN)
def test_the_explorer_tells_types_and_methods(vro: Make, version: str) -> None:
    asked = vro(version)
    plugins = {one["name"]: one for one in asked.get("server-configuration/api")["plugins"]}
    assert {"Server", "vCloud", "VC", "REST", "SQL"} <= set(plugins)
    assert asked.get(plugins["SQL"]["detailsLink"])["objects"] == []
    details = asked.get(plugins["REST"]["detailsLink"])
    assert {one["name"]: one["scriptObject"] for one in details["types"]}["REST:RESTHost"] == "RESTHost"
    (host,) = [one for one in details["objects"] if one["name"] == "RESTHost"]
    method = next(one for one in host["methods"] if one["name"] == "createRequest")
    assert [one["name"] for one in method["parameters"]] == ["method", "url", "content"]
    assert method["returnType"] == {"type": "RESTRequest"}
    assert {one["name"]: one["readOnly"] for one in host["attributes"]}["id"] is True
    found = asked.get(f"{plugins['REST']['detailsLink']}?filter=RESTHost&isStrict=true")
    assert [one["name"] for one in found["objects"]] == ["RESTHost"] and found["types"] == []
    assert asked.get(f"{plugins['VC']['detailsLink']}?filter=power")["enums"][0]["values"][0] == "poweredOn"
    assert asked.ask("GET", "server-configuration/api/plugins/VC/1/2").status == 404
    # Every type that can be looked up is described.
    named = {f"{space}:{kind['name']}" for space in ("vCloud", "VC", "REST") for kind in asked.rows(f"catalog/{space}")}
    told = {one["name"] for each in plugins.values() for one in asked.get(each["detailsLink"])["types"]}
    assert named <= told


@pytest.mark.parametrize("version", MODERN)
def test_the_explorer_tells_the_actions_of_a_module(vro: Make, version: str) -> None:
    asked = vro(version)
    (module,) = asked.rows("categories?categoryType=ScriptModuleCategory&isRoot=true")
    found = asked.get(f"server-configuration/api/category/{module['id']}")
    assert found["name"] == module["name"] and found["actions"][0]["returnType"] == "Array/REST:RESTHost"
    assert asked.ask("GET", "server-configuration/api/category/nobody").status == 404


def test_7_x_has_no_explorer(vro: Make) -> None:
    assert vro("7.6").ask("GET", "server-configuration/api").status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_the_journal_knows_writes_from_reads(vro: Make, version: str) -> None:
    asked = vro(version)
    assert asked.journaled("GET", "categories").write is False
    assert asked.journaled("POST", "categories", {"name": "x", "type": "WorkflowCategory"}).write is True
    assert asked.world.journal.find(service="North/vro")
    asked.world.refuse_writes = True
    entry = asked.journaled("POST", "categories", {"name": "y", "type": "WorkflowCategory"})
    assert (entry.status, entry.write) == (403, True)
