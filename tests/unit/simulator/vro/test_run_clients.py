"""Runs as public clients drive them, spelled as they spell it; what each of them reads is there.

VDT: VMware's developer tools (RunAction, VroRestClient); BT: VMware's Build Tools for Aria (VroWorkflowExecutor); VCW:
vcoworkflows; PV: PowervRO; MCP: mcp-vcf-orchestrator. Genuine ones run in tests/conformance.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro, attributes
from tests.unit.simulator.vro.running import add_action, script_workflow, settled, wait

Maker = Callable[..., Vro]
TERMINAL = ("completed", "failed", "canceled")


def started(vro: Vro, target: str, body: Any) -> str:
    """The text behind the last slash of `Location`, one slash at its end taken off, as VDT and VCW read it."""
    reply = vro.post(target, body)
    assert reply.status == 202
    location = re.sub("/$", "", str(reply.header("location")))
    return location.rpartition("/")[2]


@pytest.mark.parametrize("version", VERSIONS)
def test_developer_tools(vro: Maker, version: str) -> None:
    asked = vro(version)
    script = "output = 'before\\n'; System.log('said'); eval(script); output += 'after';"
    identity = script_workflow(asked, script, ["script:string"], ["output:string"], name="Run Script")
    parameter = {"name": "script", "type": "string", "value": {"string": {"value": "output += 'in eval\\n';"}}}
    token = started(asked, f"workflows/{identity}/executions", {"parameters": [{**parameter, "scope": "local"}]})
    path = f"workflows/{identity}/executions/{token}"
    wait(asked, lambda: asked.get(path)["state"] in TERMINAL)
    assert asked.get(path)["output-parameters"][0]["value"]["string"]["value"] == "before\nin eval\nafter"
    if version == "7.3":
        return
    asked.world.advance(1.5)
    logs = asked.get(f"{path}/syslogs?conditions=severity=info&conditions=timestamp%3E0")["logs"]
    texts = [one["entry"]["long-description"] or one["entry"]["short-description"] for one in logs]
    assert [one for one in texts if not one.startswith("__item_stack:/")] == ["said"]


@pytest.mark.parametrize("version", ["7.6", *MODERN])
def test_developer_tools_find_the_line_of_an_error(vro: Maker, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "eval(script);", ["script:string"], name="Run Script")
    text = "\nnothing.at.all();"
    body = {
        "parameters": [{"name": "script", "type": "string", "value": {"string": {"value": text}}, "scope": "local"}]
    }
    path = f"workflows/{identity}/executions/{started(asked, f'workflows/{identity}/executions', body)}"
    wait(asked, lambda: asked.get(path)["state"] == "failed")
    asked.world.advance(1.5)
    logs = asked.get(f"{path}/syslogs?conditions=severity=error&conditions=timestamp%3E0")["logs"]
    found = [
        match
        for one in logs
        if (match := re.search(r"\(eval\)#(\d+)\)\s+(.*)", one["entry"]["short-description"]))
        and "*** End of execution stack." not in one["entry"]["short-description"]
    ]
    assert (found[0][1], found[0][2]) == ("2", 'ReferenceError: "nothing" is not defined.')


@pytest.mark.parametrize("version", MODERN)
def test_build_tools(vro: Maker, version: str) -> None:
    asked = vro(version)
    script = "System.log(n + 1); if (n > 5) throw 'too many'; o = 'got ' + n;"
    identity = script_workflow(asked, script, ["n:number"], ["o:string"])
    content = asked.get(f"workflows/{identity}/content")
    assert content["id"] == identity
    assert [(one["name"], one["type"]) for one in content["input"]["param"]] == [("n", "number")]
    for given, state in (("5", "completed"), ("6", "failed")):
        parameter = {"name": "n", "type": "number", "value": {"number": {"value": given}}}
        token = asked.post(f"workflows/{identity}/executions", {"parameters": [parameter]}).document()["id"]
        path = f"workflows/{identity}/executions/{token}"
        wait(asked, lambda path=path: asked.get(f"{path}/state")["value"] in TERMINAL)  # type: ignore[misc]
        execution = asked.get(path)
        assert execution["state"] == state
        assert (execution.get("content-exception") is not None) is (state == "failed")
        asked.world.advance(1.5)
        entries = [one["entry"] for one in asked.get(f"{path}/syslogs")["logs"]]
        assert str(int(given) + 1) in [one["short-description"] for one in entries if one["origin"] != "server"]


@pytest.mark.parametrize("version", ["7.3", "7.6"])
def test_vcoworkflows(vro: Maker, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "o = list.length;", ["list:Array/string"], ["o:number"])
    elements = [{"string": {"value": "a"}}, {"string": {"value": "b"}}]
    body = {
        "parameters": [{"type": "Array", "name": "list", "scope": "local", "value": {"array": {"elements": elements}}}]
    }
    token = started(asked, f"workflows/{identity}/executions/", body)
    path = f"workflows/{identity}/executions/{token}"
    wait(asked, lambda: "waiting" not in asked.get(path)["state"] and asked.get(path)["state"] == "completed")
    found = asked.get(path)
    assert found["start-date"] / 1000 <= found["end-date"] / 1000
    rows = [
        attributes(one)
        for one in asked.get(f"workflows/{identity}/executions/")["relations"]["link"]
        if "attributes" in one
    ]
    assert [one["id"] for one in rows] == [token]
    entries = [one["entry"] for one in asked.get(f"{path}/logs/")["logs"]]
    assert [one["short-description"] for one in entries] == [
        "Workflow 'Scripted' has completed", "Workflow 'Scripted' has started"]  # fmt: skip
    assert {one["user"] for one in entries} == {asked.server.account.user}


@pytest.mark.parametrize("version", ["7.6", *MODERN])
def test_powervro(vro: Maker, version: str) -> None:
    asked = vro(version)
    add_action(asked, "return n + 1;", ["n:number"], "number")
    body = {"parameters": [{"name": "n", "type": "number", "scope": "local", "value": {"number": {"value": "41"}}}]}
    reply = settled(asked, asked.post("actions/com.example.test/act/executions", body))
    assert (reply.document()["type"], reply.document()["value"]["number"]["value"]) == ("number", 42)
    identity = script_workflow(asked, "o = s;", ["s:string"], ["o:string"])
    body = {"parameters": [{"name": "s", "type": "string", "scope": "local", "value": {"string": {"value": "x"}}}]}
    reference = f"/vco/api/workflows/{identity}/executions/{started(asked, f'workflows/{identity}/executions', body)}/"
    wait(asked, lambda: asked.get(f"{reference}state")["value"] == "completed")
    (output,) = asked.get(reference)["output-parameters"]
    assert output["value"][output["type"]]["value"] == "x"


@pytest.mark.parametrize("version", MODERN)
def test_mcp(vro: Maker, version: str) -> None:
    asked = vro(version)
    identity = script_workflow(asked, "System.log('x');")
    body = asked.post(f"workflows/{identity}/executions", {"parameters": []}).document()
    path = f"workflows/{identity}/executions"
    wait(asked, lambda: asked.get(f"{path}/{body['id']}?showDetails=true")["state"] == "completed")
    found = asked.get(f"{path}?maxResults=5&conditions=state~completed")["relations"]
    assert found["total"] == 1 and attributes(found["link"][-1])["id"] == body["id"]
