"""Folders of an orchestrator (contract section 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.vro.store import Workflow
from tests.unit.simulator.vro.asking import MODERN, VERSIONS, Vro, attributes

Make = Callable[..., Vro]
WORKFLOWS = "WorkflowCategory"


def made(asked: Vro, name: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    """A folder that was just made."""
    reply = asked.post(f"categories/{parent}" if parent else "categories", {"name": name, "type": WORKFLOWS, **more})
    assert reply.status == 201, reply.body
    document: dict[str, Any] = reply.document()
    assert str(reply.header("location")) == document["href"] and document["href"].endswith(f"/{document['id']}/")
    return document


@pytest.mark.parametrize("version", VERSIONS)
def test_a_folder_from_birth_to_death(vro: Make, version: str) -> None:
    asked = vro(version)
    kiwi = made(asked, "Kiwi", description="Ours")
    below = made(asked, "Net work", kiwi["id"])
    slash = "" if version < "8" else "/"
    assert below["path"] == f"{slash}Kiwi/Net work" and below["path-ids"] == [kiwi["id"], below["id"]]
    assert "description" not in below and kiwi["description"] == "Ours"
    up = next(one for one in below["relations"]["link"] if one["rel"] == "up")
    assert attributes(up)["id"] == kiwi["id"] and attributes(up)["type"] == WORKFLOWS
    down = [one for one in asked.get(f"categories/{kiwi['id']}/")["relations"]["link"] if one["rel"] == "down"]
    assert [attributes(one)["name"] for one in down] == ["Net work"]
    assert any("attributes" not in one for one in kiwi["relations"]["link"])

    changed = asked.post(f"categories/{below['id']}", {"name": "Network", "description": "d"}, "PUT").document()
    assert (changed["name"], changed["description"], changed["path"]) == ("Network", "d", f"{slash}Kiwi/Network")
    other = made(asked, "Other")
    body = {"name": "Network", "type": WORKFLOWS, "parent-category-id": other["id"]}
    moved = asked.post(f"categories/{below['id']}", body, "PUT").document()
    assert moved["path"] == f"{slash}Other/Network" and "description" not in moved

    refused = asked.ask("DELETE", f"categories/{other['id']}")
    assert refused.status == 409 and b"is not empty" in refused.body and b"Folder" in refused.body
    assert asked.ask("DELETE", f"categories/{other['id']}?deleteNonEmptyContent=true").status in (200, 204)
    assert asked.ask("GET", f"categories/{below['id']}").status == 404
    assert asked.ask("DELETE", f"categories/{other['id']}").status == 404


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "", "type": WORKFLOWS},
        {"name": "a/b", "type": WORKFLOWS},
        {"name": "a"},
        {"name": "a", "type": "X"},
    ],
)
def test_what_no_folder_can_be(vro: Make, version: str, body: dict[str, str]) -> None:
    assert vro(version).post("categories", body).status == 400


def test_what_cannot_be_made_where_it_is_asked_for(vro: Make) -> None:
    asked = vro("8.18")
    kiwi = made(asked, "Kiwi")
    assert asked.post("categories", {"name": "Kiwi", "type": WORKFLOWS}).status == 409
    assert asked.post("categories", {"name": "Kiwi", "type": "ResourceElementCategory"}).status == 201
    assert asked.post(f"categories/{kiwi['id']}", {"name": "x", "type": "ResourceElementCategory"}).status == 400
    module = asked.post("categories", {"name": "com.example", "type": "ScriptModuleCategory"}).document()
    body = {"name": "x", "type": "ScriptModuleCategory"}
    assert asked.post(f"categories/{module['id']}", body).status == 400
    assert asked.post("categories/nobody", {"name": "x", "type": WORKFLOWS}).status == 404
    below = made(asked, "Below", kiwi["id"])
    body = {"name": "Kiwi", "parent-category-id": below["id"]}
    assert asked.post(f"categories/{kiwi['id']}", body, "PUT").status == 409


def test_9_1_takes_its_own_words_as_well(vro: Make) -> None:
    asked = vro("9.1")
    kiwi = made(asked, "Kiwi")
    body = {"name": "Below", "categoryType": WORKFLOWS, "parent-category-id": kiwi["id"]}
    assert asked.post("categories", body).document()["path"] == "/Kiwi/Below"
    assert vro("8.18").post("categories", {"name": "x", "categoryType": WORKFLOWS}).status == 400


@pytest.mark.parametrize("version", VERSIONS)
def test_lists_know_type_and_roots_and_nothing_else(vro: Make, version: str) -> None:
    asked = vro(version)
    made(asked, "Below", made(asked, "Kiwi")["id"])
    everything = asked.rows("categories")
    assert {one["type"] for one in everything} >= {WORKFLOWS, "ScriptModuleCategory"}
    found = asked.rows(f"categories/?isRoot=true&categoryType={WORKFLOWS}")
    assert [one["name"] for one in found] == ["Kiwi", "Library"]
    assert len(asked.rows("categories?conditions=name=Kiwi&maxResult=1&startIndex=3")) == len(everything)
    assert asked.rows("categories?categoryType=ActionCategory") == []
    assert asked.ask("GET", "categories?categoryType=Folder").status == 400
    policies = asked.ask("GET", "categories?categoryType=PolicyTemplateCategory").status
    assert policies == (200 if version in MODERN else 400)


def test_elements_are_in_the_relations_of_their_folder(vro: Make) -> None:
    asked = vro("8.18")
    kiwi = made(asked, "Kiwi")
    asked.store.add(Workflow("w-1", "Provision", kiwi["id"], description=""))
    rows = asked.rows(f"categories/{kiwi['id']}")
    assert {"id": "w-1", "name": "Provision", "type": "Workflow", "description": ""} in rows
    assert asked.ask("DELETE", f"categories/{kiwi['id']}").status == 409
    assert asked.ask("DELETE", f"categories/{kiwi['id']}?deleteNonEmptyContent=true").status == 204
    assert "w-1" not in asked.store.workflows
