"""Rules on objects of an orchestrator, and what they do to those who are no administrators (contract section 14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.vro.store import Package, Workflow
from tests.unit.simulator.vro.asking import VERSIONS, Vro

Make = Callable[..., Vro]


def rule(principal: str, rights: str) -> dict[str, Any]:
    """The body that adds one."""
    return {"permissions": [{"permission": {"principal": principal, "rights": rights}}]}


def with_workflow(asked: Vro) -> str:
    """A folder with a workflow and a package; answers the folder's id."""
    folder = asked.store.add_category("WorkflowCategory", "Kiwi")
    asked.store.add(Workflow("w-1", "Provision", folder.id))
    asked.store.packages["com.example"] = Package("p-1", "com.example")
    return folder.id


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("place", ["workflows/w-1", "packages/com.example", "categories/{folder}"])
def test_rules_of_an_object(vro: Make, version: str, place: str) -> None:
    asked = vro(version)
    target = f"{place.format(folder=with_workflow(asked))}/permissions"
    assert asked.get(target) == {"permissions": []}
    reply = asked.post(target, rule("EXAMPLE\\ops", "xr"))
    assert reply.status == 201
    (found,) = asked.get(f"{target}/")["permissions"]
    assert found["permission"]["principal"] == "EXAMPLE\\ops" and found["permission"]["rights"] == "rx"
    href = found["permission"]["href"]
    assert {one["rel"] for one in found["permission"]["relations"]["link"]} == {"up", "remove"}
    assert asked.get(href)["rights"] == "rx"
    # Another rule for the same principal takes its place.
    asked.post(target, rule("example\\OPS", "rxica"))
    (found,) = asked.get(target)["permissions"]
    assert found["permission"]["rights"] == "rxica"
    asked.post(target, rule("EXAMPLE\\dev", "r"))
    assert asked.ask("DELETE", found["permission"]["href"]).status == 204
    assert [one["permission"]["principal"] for one in asked.get(target)["permissions"]] == ["EXAMPLE\\dev"]
    assert asked.ask("DELETE", target).status == 204
    assert asked.get(target) == {"permissions": []}


@pytest.mark.parametrize(
    "body",
    [{}, {"permissions": []}, {"permissions": [{"principal": "a", "rights": "r"}]}, rule("a", "rz"), rule("", "r")],
)
def test_what_is_no_rule(vro: Make, body: dict[str, Any]) -> None:
    asked = vro("8.18")
    with_workflow(asked)
    assert asked.post("workflows/w-1/permissions", body).status == 400
    assert asked.get("workflows/w-1/permissions") == {"permissions": []}
    assert asked.post("workflows/w-2/permissions", rule("a", "r")).status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rule_hides_and_allows(vro: Make, version: str) -> None:
    asked = vro(version, "auditor")
    folder = with_workflow(asked)
    assert [one["name"] for one in asked.rows(f"categories/{folder}") if one["type"] == "Workflow"] == ["Provision"]

    asked.log_in(asked.server.account.user)
    asked.post(f"categories/{folder}/permissions", rule("EXAMPLE\\ops", "rx"))
    asked.log_in("auditor")
    assert asked.ask("GET", f"categories/{folder}").status == 404
    assert "Kiwi" not in [one["name"] for one in asked.rows("categories")]
    assert asked.rows("catalog/System/Workflow?conditions=name=Provision") == []
    assert asked.ask("GET", "catalog/System/Workflow/w-1").status == 404

    asked.log_in(asked.server.account.user)
    asked.post("workflows/w-1/permissions", rule("auditor", "rx"))
    asked.post(f"categories/{folder}/permissions", rule("auditor", "rca"))
    asked.log_in("auditor")
    assert asked.server.rights_on(asked.service.server.people.everybody()[2], "Workflow", "w-1") == "rx"
    assert len(asked.rows("catalog/System/Workflow?conditions=name=Provision")) == 1
    assert asked.post(f"categories/{folder}", {"name": "Below", "type": "WorkflowCategory"}).status == 201
    assert asked.post("categories", {"name": "Root", "type": "WorkflowCategory"}).status == 403
    assert asked.post("workflows/w-1/permissions", rule("auditor", "a")).status == 403


@pytest.mark.parametrize("version", VERSIONS)
def test_who_may_do_what_on_the_server(vro: Make, version: str) -> None:
    found = [one["permission"] for one in vro(version).get("server/permissions/")["permissions"]]
    assert [one["rights"] for one in found] == ["rxica", "rxi", "r"]
